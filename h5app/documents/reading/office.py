""".doc and .wps → .docx by LibreOffice, where it is installed: in a profile of its own, with an end to its time.

Rule: the program is given one folder, runs no macro, asks no other machine for anything, and is ended with everything
it has started. A document may still name a picture that lies on this machine: people's are sealed, and only staff see
what comes of it.
"""

import fcntl
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

MISSING = (
    "这台服务器上没有装 LibreOffice，读不了旧格式（.doc、.wps）。请另存为“Word 文档（.docx）”再传，或请维护人员安装"
)
_PROGRAM = "soffice"
_START_S, _EACH_S = 40.0, 10.0
_CPU_S = 120
_FILE_BYTES = 100 * 1024 * 1024
_FILTER = "docx:MS Word 2007 XML"
# Macros off whatever a file asks for, links never followed, nothing fetched for a document that was sent in.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


def is_installed() -> bool:
    return shutil.which(_PROGRAM) is not None


def to_docx(files: Mapping[str, bytes], *, limit_s: float | None = None) -> Mapping[str, bytes]:
    """Word files of old formats by a name of the caller's → the .docx of each that could be converted.

    All in one run of the program, since its start takes longer than a form. One conversion at a time on this machine.

    Args:
        limit_s: for all of them together; None for as long as so many may take.
    """
    if not files or not is_installed():
        return {}
    with tempfile.TemporaryDirectory(prefix="h5app-word-") as home, _alone():
        folder = Path(home)
        sources = _laid_out(folder, files)
        _run(folder, list(sources), limit_s=_START_S + _EACH_S * len(files) if limit_s is None else limit_s)
        made = {name: folder / "made" / f"{path.stem}.docx" for path, name in sources.items()}
        return {name: path.read_bytes() for name, path in made.items() if path.is_file()}


def _laid_out(folder: Path, files: Mapping[str, bytes]) -> Mapping[Path, str]:
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    sources = {}
    for number, (name, data) in enumerate(files.items()):
        path = folder / f"{number}.doc"
        path.write_bytes(data)
        sources[path] = name
    return sources


def _run(folder: Path, sources: list[Path], *, limit_s: float) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    program = shutil.which(_PROGRAM) or _PROGRAM
    command = [program, profile, "--headless", "--norestore", "--convert-to", _FILTER, "--outdir", f"{folder}/made"]
    process = subprocess.Popen(  # noqa: S603 -- our own words; files are named by number
        [*command, *map(str, sources)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        _limit(process.pid)
        process.wait(timeout=limit_s)
    except subprocess.TimeoutExpired:
        pass  # what was done in time is used
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the service's own, and no way to the network but a door that is closed."""
    closed = "http://127.0.0.1:9"
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        "http_proxy": closed,
        "https_proxy": closed,
    }


def _limit(pid: int) -> None:
    """From outside, as the service has threads: nothing of ours may run between fork and exec."""
    with suppress(ProcessLookupError):
        for what, most in (
            (resource.RLIMIT_CPU, _CPU_S),
            (resource.RLIMIT_FSIZE, _FILE_BYTES),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.prlimit(pid, what, (most, most))


@contextmanager
def _alone() -> Iterator[None]:
    """LibreOffice takes some 300 MB: whoever comes second waits."""
    path = Path(tempfile.gettempdir()) / f"h5app-word-{os.getuid()}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

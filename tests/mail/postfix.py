"""Debian's Postfix on loopback with a folder of its own: a real mail server that delivers into a maildir.

Needs root (marker `mta`), because Postfix's master does; nothing of a Postfix that the machine may run is touched.
"""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mta.example.net
mydestination =
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {certificate}
message_size_limit = {size_limit}
mailbox_size_limit = 0
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ {mailbox} = office/ }} }}
virtual_mailbox_limit = 0
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_transport = virtual
"""
# service type private unprivileged chroot wakeup processes command
_MASTER = """\
127.0.0.1:{port} inet n - n - 2 smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
error unix - - n - - error
"""


@dataclass(frozen=True)
class Postfix:
    """A running server: where it listens, and what it has delivered."""

    port: int
    maildir: Path
    log: Path

    def wait_for(self, count: int, *, timeout_s: float = 20.0) -> list[bytes]:
        """The delivered messages as soon as there are `count`, each as the file it became (LF line ends)."""
        ends_at = time.monotonic() + timeout_s
        while len(found := sorted(self.maildir.glob("new/*"))) < count:
            assert time.monotonic() < ends_at, self.log.read_text()
            time.sleep(0.05)
        return [path.read_bytes() for path in found]


@contextlib.contextmanager
def running_postfix(certificate: Path, *, mailbox: str, size_limit: int) -> Iterator[Postfix]:
    """Postfix with STARTTLS required, taking mail for `mailbox` (at example.org) of at most `size_limit` bytes."""
    # Not pytest's own folder, which only root may enter: Postfix's workers are somebody else.
    with tempfile.TemporaryDirectory(prefix="h5app-postfix-") as made:
        folder, port = Path(made), _free_port()
        main = _MAIN.format(folder=folder, certificate=certificate, size_limit=size_limit, mailbox=mailbox)
        _furnish(folder, main=main, master=_MASTER.format(port=port))
        _postfix(folder, "start")
        try:
            yield Postfix(port=port, maildir=folder / "mail" / "office", log=folder / "log")
        finally:
            _postfix(folder, "stop")  # by the process id in its own queue directory


def _furnish(folder: Path, *, main: str, master: str) -> None:
    folder.chmod(0o755)
    for name in ("etc", "queue"):
        (folder / name).mkdir()
    _folder_of(folder / "data", owner="postfix")
    _folder_of(folder / "mail", owner="nobody")
    (folder / "etc" / "main.cf").write_text(main)
    (folder / "etc" / "master.cf").write_text(master)


def _postfix(folder: Path, command: str) -> None:
    program = ["postfix", "-c", folder / "etc", command]
    done = subprocess.run(program, capture_output=True, text=True, timeout=30, check=False)
    log = folder / "log"
    assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")


def _folder_of(folder: Path, *, owner: str) -> None:
    folder.mkdir(mode=0o755)
    shutil.chown(folder, user=owner)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])

"""Services to measure: started in a folder of their own on a free port of the loopback, ended with the block."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
DISK = PROJECT / "instance"
_START_S = 30.0
_STOP_S = 15.0
_GUNICORN = ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--log-level", "warning")


@dataclass(frozen=True)
class Service:
    """A running one. `pid` is the process that everything else of it descends from."""

    port: int
    pid: int


@contextmanager
def gunicorn(application: str, env: Mapping[str, str]) -> Iterator[Service]:
    """`application` under the project's own gunicorn settings.

    Args:
        application: as gunicorn takes it, such as `wsgi:app`.
        env: see `settings_in`.
    """
    with _running([sys.executable, *_GUNICORN, application], env) as service:
        yield service


@contextmanager
def whole_service(env: Mapping[str, str]) -> Iterator[Service]:
    """Everything that the Procfile starts: runner, web workers, mailer."""
    honcho = Path(sys.executable).with_name("honcho")
    with _running([str(honcho), "--no-prefix", "-f", "Procfile", "start"], env) as service:
        yield service


def settings_in(folder: Path) -> dict[str, str]:
    """The environment of a service that keeps its data in `folder`, its database made.

    The campaign is the shipped one but for the portrait, which is not required: the journeys are text only.
    """
    shipped = (PROJECT / "campaign.toml").read_text(encoding="utf-8")
    campaign = folder / "campaign.toml"
    campaign.write_text(shipped.replace("portrait = { least = 1", "portrait = { least = 0"), encoding="utf-8")
    env = {"H5APP_DATA_DIR": folder / "data", "H5APP_KEYS_DIR": folder / "keys", "H5APP_CAMPAIGN": campaign}
    settings = {name: str(path) for name, path in env.items()}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "migrate"]
    subprocess.run(command, cwd=PROJECT, env=_inherited() | settings, check=True, stdout=subprocess.DEVNULL)
    return settings


@contextmanager
def _running(command: list[str], env: Mapping[str, str]) -> Iterator[Service]:
    port = _free_port()
    # gunicorn reads the variable after its file: the file's address is every network's, a bench stays at home.
    where = {"PORT": str(port), "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}"}
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    environment = _inherited() | dict(env) | where | {"PATH": path}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port, process)
        yield Service(port, process.pid)
    finally:
        _end(process)


def as_installed(env: Mapping[str, str]) -> dict[str, str]:
    """The same environment, without what only the tests have installed."""
    return {**env, "PYTHONPATH": str(PROJECT / "bench" / "as_installed")}


def _inherited() -> dict[str, str]:
    """Our environment without what would point the service at somebody's real data."""
    return as_installed({name: value for name, value in os.environ.items() if not name.startswith("H5APP_")})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not answer on port {port}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the first process to stop, then make sure of its whole session, which is ours alone."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

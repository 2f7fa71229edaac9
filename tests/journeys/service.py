"""The whole service as it runs for real: gunicorn, mail worker and database, started as processes on loopback."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.error import URLError

import psutil

from h5app.settings import PROJECT, Settings
from h5app.storage.migrations import migrate
from h5app.wiring import wire

BIN = Path(sys.executable).parent
MAILBOX = "office@example.org"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """A running service with a data directory of its own; a context manager."""

    folder: Path
    smtp_url: str
    mailbox: str = MAILBOX
    # Text of the campaign file → other text.
    in_campaign: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def env(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("H5APP_")}
        return {
            **kept,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PORT": str(self.port),
            "H5APP_DATA_DIR": str(self.folder / "data"),
            "H5APP_KEYS_DIR": str(self.folder / "keys"),
            "H5APP_CAMPAIGN": str(self.folder / "campaign.toml"),
            "H5APP_PUBLIC_BASE_URL": self.base_url,
            "H5APP_SMTP_URL": self.smtp_url,
        }

    def __enter__(self) -> Self:
        text = (PROJECT / "campaign.toml").read_text(encoding="utf-8")
        with_mailbox = re.sub(r'mailbox = ""', f'mailbox = "{self.mailbox}"', text, count=1)
        for old, new in self.in_campaign.items():
            assert old in with_mailbox
            with_mailbox = with_mailbox.replace(old, new, 1)
        (self.folder / "campaign.toml").write_text(with_mailbox, encoding="utf-8")
        # As flask migrate does; another process would take a second of each journey.
        with closing(wire(Settings.from_env(self.env)).stores.rows) as rows:
            migrate(rows)
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=20)

    def start(self) -> None:
        """Web and mail worker, as in the Procfile; returns when the service answers."""
        for command in (["gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app"], ["flask", "mail", "work"]):
            with (self.folder / f"{command[0]}.log").open("ab") as log:
                self._processes.append(subprocess.Popen(command, cwd=PROJECT, env=self.env, stdout=log, stderr=log))
        wait_until_up(self.base_url)

    def kill_web_workers(self) -> int:
        """SIGKILL every gunicorn worker; the master starts new ones."""
        workers = [
            child
            for child in psutil.Process(self._processes[0].pid).children()
            if "gunicorn" in " ".join(child.cmdline())
        ]
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
        return len(workers)

    def kill_mailer(self) -> None:
        """SIGKILL the mail worker; nothing starts a new one."""
        mailer = self._processes.pop()
        mailer.kill()
        mailer.wait(timeout=20)

    def flask(self, *arguments: str) -> str:
        """Run a `flask` command and return what it printed."""
        done = subprocess.run(
            ["flask", *arguments], cwd=PROJECT, env=self.env, check=True, capture_output=True, timeout=60
        )
        return done.stdout.decode()

    def logs(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.log")))


def wait_until_up(base_url: str, *, timeout_s: float = 30.0) -> None:
    ends_at = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.1)

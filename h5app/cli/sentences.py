"""What every command shares: expected errors in one sentence, files that only their owner reads."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

from flask import current_app

from h5app.domain.errors import H5appError, SettingsError
from h5app.storage.migrations import pending
from h5app.wiring import Parts

SERVER = "服务器命令"
"""Who acts in the audit log when somebody works at the server itself."""
_MIGRATE = "数据库还没有建好，或者还是旧的。请先运行 flask migrate，再来一次"
_Command = TypeVar("_Command", bound=Callable[..., None])


def in_one_sentence(command: _Command) -> _Command:
    """Expected errors end a command with their sentence and exit code 1; so does a database without its tables."""

    @wraps(command)
    def run(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except H5appError as error:
            raise SystemExit(str(error)) from None
        except Exception as error:
            # Asked for only now: a worker that is started again and again should not look each time.
            parts: Parts = current_app.extensions["h5app"]
            if pending(parts.stores.rows):
                raise SystemExit(_MIGRATE) from error
            raise

    return run  # type: ignore[return-value]  # wraps keeps the signature


def write_private(target: Path, data: bytes) -> None:
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # a file that was there keeps its own mode otherwise
            file.write(data)
    except OSError as error:
        raise SettingsError(f"写不进 {target}（{error.strerror}），请核对目录和权限") from None

"""The seal over what is personal: AES-256-GCM for values and files, a keyed hash where values must be compared."""

import base64
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from h5app.domain.errors import SealError, SettingsError

KEY_BYTES = 32
_NONCE_BYTES = 12
# Says how a value was sealed, so another way can come later beside it.
_TEXT_MARK = "g1."
_FILE_MARK = b"h5g1"


class Vault:
    """Seals and opens with one key.

    Every seal takes a fresh random nonce, so equal values look different. The context is bound to the
    value but not stored: what is copied into another row or column does not open there.

    Args:
        key: 32 bytes.

    Raises:
        ValueError: another length.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._aead = AESGCM(_subkey(key, purpose=b"h5app seal 1"))
        self._index_key = _subkey(key, purpose=b"h5app blind index 1")

    def seal(self, text: str, *, context: str) -> str:
        """`g1.` and base64url of nonce, cipher text and tag.

        Args:
            context: where the value lives, such as `nominations.answers:` and the row's key.
        """
        return _as_text(self._seal(text.encode(), f"text:{context}"))

    def open(self, sealed: str, *, context: str) -> str:
        """The text that `seal` was given.

        Raises:
            SealError: another key, another context, or a changed character.
        """
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_TEXT_MARK).encode())
        except ValueError as error:
            raise SealError(_does_not_open(context)) from error
        if _as_text(raw) != sealed:  # the decoder is lenient: foreign characters, idle bits at the end
            raise SealError(_does_not_open(context))
        return self._open(raw, f"text:{context}", context).decode()

    def seal_bytes(self, data: bytes, *, context: str) -> bytes:
        """`h5g1`, nonce, cipher text and tag: 32 bytes longer than `data`."""
        return _FILE_MARK + self._seal(data, f"bytes:{context}")

    def open_bytes(self, sealed: bytes, *, context: str) -> bytes:
        """The bytes that `seal_bytes` was given.

        Raises:
            SealError: another key, another context, or a changed byte.
        """
        if not sealed.startswith(_FILE_MARK):
            raise SealError(_does_not_open(context))
        return self._open(sealed.removeprefix(_FILE_MARK), f"bytes:{context}", context)

    def blind_index(self, value: str, *, purpose: str) -> str:
        """64 hex digits, equal for equal values and telling nothing without the key; for WHERE and UNIQUE.

        Args:
            value: already in its one spelling (an ID number in capitals, a phone without spaces).
            purpose: the column; one value has unrelated indexes in two columns.
        """
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def _seal(self, data: bytes, bound_to: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, data, bound_to.encode())

    def _open(self, raw: bytes, bound_to: str, context: str) -> bytes:
        try:
            return self._aead.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise SealError(_does_not_open(context)) from error


def load_or_make_key(path: Path) -> bytes:
    """The 32 bytes in a key file (64 hex digits), made (mode 0600, its folder 0700) where there is none.

    Two processes that start at once agree on one key, and a power cut leaves a whole file or none.

    Raises:
        SettingsError: others may read the file, it does not hold a key, or it cannot be read or made.
    """
    try:
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"密钥文件 {path} 别的用户也能读，请先执行：chmod 600 {path}")
        text = path.read_bytes().decode("ascii", errors="replace")
    except OSError as error:
        raise SettingsError(f"密钥文件 {path} 读不出来或建不了，请检查目录权限：{error.strerror}") from error
    try:
        return key_from_text(text)
    except ValueError as error:
        raise SettingsError(
            f"密钥文件 {path} 的内容不对，应当是 64 位十六进制字符。"
            "请从备份恢复这个文件；换成新的密钥，旧数据就打不开了。"
        ) from error


def key_from_text(text: str) -> bytes:
    """A key as written in a file or an environment variable: 64 hex digits, white space around them ignored.

    Raises:
        ValueError: anything else; the text is not repeated.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise ValueError("a key is 64 hex digits") from None
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 64 hex digits")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path.parent) as folder:
        if path.exists():
            return
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w") as stream:
            stream.write(secrets.token_hex(KEY_BYTES) + "\n")
            stream.flush()
            os.fsync(file)
        unfinished.rename(path)
        os.fsync(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold a folder's lock: a link that refuses to overwrite would do, where every file system had links."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _subkey(key: bytes, *, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _as_text(raw: bytes) -> str:
    return _TEXT_MARK + base64.urlsafe_b64encode(raw).decode()


def _does_not_open(context: str) -> str:
    return f"加密的内容打不开（{context}）：密钥不对，或者数据被改动过。请核对密钥文件，再运行 flask doctor 查看。"

"""Settings: the only reader of the environment; what is missing or wrong is named when the service starts."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from h5app.domain.errors import SettingsError

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
# Ends of names that never lead out of a machine or a network. Source: RFC 6761, 6762, ICANN's .internal; lan is custom.
_NEARBY = frozenset({"localhost", "localdomain", "local", "internal", "lan", "test", "invalid"})
_LEAST_SECRET = 16
_LEAST_PASSPHRASE = 10
_APP_ID = re.compile(r"wx[0-9a-f]{16}")
_VERIFY = re.compile(r"(MP_verify_[A-Za-z0-9]{1,64}\.txt):([A-Za-z0-9]{1,64})")


@dataclass(frozen=True)
class Settings:
    """What the service runs with.

    `base_url` is "" where nobody set it: then the service is only tried out, in this network. Secrets
    are "" where nobody set them: then keys are made on first start. `word_template` and `fonts_dir` are the
    office's own Word form and fonts. `wechat_verify` maps the name of each file by which WeChat sees whose
    domain this is to its content.
    """

    data_dir: Path
    keys_dir: Path
    campaign_file: Path
    base_url: str
    port: int = DEFAULT_PORT
    database_url: str = ""
    smtp_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    vault_key: str = field(default="", repr=False)
    word_template: Path | None = None
    fonts_dir: Path | None = None
    zip_passphrase: str = field(default="", repr=False)
    wechat_app_id: str = ""
    wechat_app_secret: str = field(default="", repr=False)
    wechat_verify: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read `H5APP_…` and `PORT`; each secret also as a file named by `…_FILE`.

        Raises:
            SettingsError: names the variable and what to do.
        """
        port = _port(env)
        settings = cls(
            data_dir=_folder(env, "H5APP_DATA_DIR", "data"),
            keys_dir=_folder(env, "H5APP_KEYS_DIR", "keys"),
            campaign_file=Path(env.get("H5APP_CAMPAIGN") or PROJECT / "campaign.toml").resolve(),
            base_url=_base_url(env.get("H5APP_PUBLIC_BASE_URL", "")),
            port=port,
            database_url=_database_url(_secret(env, "H5APP_DATABASE_URL")),
            smtp_url=_secret(env, "H5APP_SMTP_URL"),
            secret_key=_secret(env, "H5APP_SECRET_KEY"),
            vault_key=_secret(env, "H5APP_VAULT_KEY"),
            word_template=_optional_path(env, "H5APP_WORD_TEMPLATE"),
            fonts_dir=_optional_path(env, "H5APP_FONTS_DIR"),
            zip_passphrase=_secret(env, "H5APP_ZIP_PASSPHRASE"),
            wechat_app_id=env.get("H5APP_WECHAT_APP_ID", "").strip(),
            wechat_app_secret=_secret(env, "H5APP_WECHAT_APP_SECRET"),
            wechat_verify=_verify_files(env.get("H5APP_WECHAT_VERIFY", "")),
        )
        _check(settings)
        return settings

    @property
    def is_public(self) -> bool:
        """Whether the address is one that any phone can open: given, and not of this machine or network only."""
        host = urlsplit(self.base_url).hostname or "localhost"
        try:
            return ip_address(host).is_global
        except ValueError:
            return "." in host and host.rstrip(".").rpartition(".")[2] not in _NEARBY

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def _folder(env: Mapping[str, str], name: str, default: str) -> Path:
    return Path(env.get(name) or PROJECT / "instance" / default).resolve()


def _optional_path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).resolve() if env.get(name) else None


def _port(env: Mapping[str, str]) -> int:
    text = env.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"PORT 应是 1 到 65535 之间的数字，现在是“{text}”，请改正")
    return int(text)


def _base_url(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.path.strip("/"):
        raise SettingsError(f"H5APP_PUBLIC_BASE_URL 应像 https://zgh.example.org，现在是“{text}”，请改正")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(text: str) -> str:
    if text and urlsplit(text).scheme not in {"postgresql", "postgres"}:
        raise SettingsError("H5APP_DATABASE_URL 应以 postgresql:// 开头；不设置就用 SQLite")
    return text


def _secret(env: Mapping[str, str], name: str) -> str:
    named = env.get(f"{name}_FILE")
    if not named:
        return env.get(name, "")
    if env.get(name):
        raise SettingsError(f"{name} 和 {name}_FILE 只能设置一个，请去掉一个")
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"读不到 {name}_FILE 指的文件 {named}，请核对路径和权限") from None


def _verify_files(text: str) -> Mapping[str, str]:
    files = {}
    for entry in filter(None, (entry.strip() for entry in text.split(","))):
        found = _VERIFY.fullmatch(entry)
        if not found:
            raise SettingsError(
                "H5APP_WECHAT_VERIFY 应像 MP_verify_abc123.txt:abc123（文件名:文件里的内容），"
                f"几个之间用英文逗号隔开，现在是“{entry}”，请改正"
            )
        files[found[1]] = found[2]
    return files


def _check(settings: Settings) -> None:
    if settings.keys_dir == settings.data_dir or settings.data_dir in settings.keys_dir.parents:
        raise SettingsError("H5APP_KEYS_DIR 不能放在 H5APP_DATA_DIR 里面，否则备份被偷就等于钥匙被偷，请换一个目录")
    if settings.secret_key and len(settings.secret_key) < _LEAST_SECRET:
        raise SettingsError(f"H5APP_SECRET_KEY 至少 {_LEAST_SECRET} 个字符，请换长一些的")
    if settings.zip_passphrase and len(settings.zip_passphrase) < _LEAST_PASSPHRASE:
        raise SettingsError(f"H5APP_ZIP_PASSPHRASE 至少 {_LEAST_PASSPHRASE} 个字符，请换长一些的")
    if not (settings.zip_passphrase.isascii() and settings.zip_passphrase.isprintable()):
        # Unpackers encode anything else as they like: UTF-8, or the code page of their Windows.
        raise SettingsError("H5APP_ZIP_PASSPHRASE 只能用英文字母、数字和符号，中文口令在有的电脑上打不开")
    _check_wechat(settings)


def _check_wechat(settings: Settings) -> None:
    app_id = settings.wechat_app_id
    if not app_id and not settings.wechat_app_secret:
        return
    if not app_id or not settings.wechat_app_secret:
        raise SettingsError("H5APP_WECHAT_APP_ID 和 H5APP_WECHAT_APP_SECRET 要一起设置，请补上另一个")
    if not _APP_ID.fullmatch(app_id):
        raise SettingsError(f"H5APP_WECHAT_APP_ID 应像 wx0123456789abcdef，现在是“{app_id}”，请改正")
    if not settings.base_url:
        raise SettingsError("设置了 H5APP_WECHAT_APP_ID，还要设置对外网址 H5APP_PUBLIC_BASE_URL，请补上")

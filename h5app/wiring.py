"""Settings → stores, files and mailer: the only module that names SQLite, PostgreSQL, disk, SMTP or WeChat."""

import socket
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from h5app.documents.stationery import Stationery
from h5app.domain.campaign import Campaign, MailMode, parse_campaign
from h5app.domain.errors import CampaignError, SettingsError
from h5app.mail.eml import EmlMailer
from h5app.mail.mailer import Mailer
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import parse_smtp_url
from h5app.posters.book import load_poster_book
from h5app.services.channelling import Channels
from h5app.services.counting import Counts
from h5app.services.delivering import Post
from h5app.services.postering import PosterPress, check_places, why_sample
from h5app.services.sharing import ShareDesk
from h5app.settings import PROJECT, Settings
from h5app.storage.files import DiskFiles, FileStore, SealedFiles
from h5app.storage.rows import Rows, SqliteRows
from h5app.storage.stores import Stores, open_stores
from h5app.storage.vault import Vault, key_from_text, load_or_make_key
from h5app.wechat.server import WechatServer

# Uploads stop here, so that the database and the mails still have room.
RESERVE_BYTES = 200 * 1024 * 1024
# Debian's fonts-babelstone-han, fonts-hanazono and fonts-symbola, used where they are installed: mainland shapes first.
RARE_FONTS = (
    Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf"),
)
_EML_SENDER = "h5app@localhost.localdomain"


@dataclass(frozen=True)
class Parts:
    """Everything the service consists of.

    `base_url` is where phones reach it, without a slash at its end; without `share_desk` there are no share cards.
    """

    settings: Settings
    campaign: Campaign
    base_url: str
    press: PosterPress
    channels: Channels
    counts: Counts
    stores: Stores
    files: FileStore
    post: Post
    share_desk: ShareDesk | None
    secret_key: str
    stationery: Stationery


def wire(settings: Settings) -> Parts:
    """Open everything the settings name; makes folders and keys on first start.

    Raises:
        SettingsError, CampaignError, PosterError: what is wrong, in one sentence.
    """
    campaign = load_campaign(settings.campaign_file)
    book = load_poster_book(PROJECT / "qr" / "posters.toml")
    check_places(book, campaign)
    make_folder(settings.data_dir, "H5APP_DATA_DIR")
    make_folder(settings.keys_dir, "H5APP_KEYS_DIR")
    vault = _vault(settings)
    files = SealedFiles(DiskFiles(settings.data_dir / "files", reserve_bytes=RESERVE_BYTES), vault)
    stores = open_stores(_rows(settings), vault)
    stationery = load_stationery(settings)
    base_url = settings.base_url or f"http://{_own_address()}:{settings.port}"
    return Parts(
        settings=settings,
        campaign=campaign,
        base_url=base_url,
        press=PosterPress(campaign, book, base_url, why_sample(campaign, is_public=settings.is_public)),
        channels=Channels(stores, book, campaign),
        counts=Counts(stores),
        stores=stores,
        files=files,
        post=_post(settings, campaign, stores, files, stationery, base_url=base_url),
        share_desk=_share_desk(settings, stores),
        secret_key=settings.secret_key or load_or_make_key(settings.keys_dir / "secret.key").hex(),
        stationery=stationery,
    )


def load_campaign(path: Path) -> Campaign:
    """Read the campaign file; CampaignError names file, line and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CampaignError(f"读不到活动文件 {path}，请核对 H5APP_CAMPAIGN，并确认它是 UTF-8 编码") from None
    return parse_campaign(text, source=path.name)


def load_stationery(settings: Settings) -> Stationery:
    """Read the office's Word form and name its fonts; SettingsError names the variable whose path is wrong."""
    template, folder = settings.word_template, settings.fonts_dir
    try:
        word = template.read_bytes() if template else None
    except OSError:
        raise SettingsError(f"读不到 H5APP_WORD_TEMPLATE 指的文件 {template}，请核对路径和权限") from None
    if folder and not folder.is_dir():
        raise SettingsError(f"H5APP_FONTS_DIR 指的目录 {folder} 不在，请核对路径；不用自己的字体就去掉这一项")
    return Stationery(
        word_template=word,
        font_folders=(folder,) if folder else (),
        rare_fonts=tuple(path for path in RARE_FONTS if path.exists()),
    )


def make_folder(path: Path, variable: str) -> None:
    """Make a folder of ours, mode 0700, and prove that it can be written to."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError:
        raise SettingsError(f"目录 {path} 写不进去，请改它的权限，或把 {variable} 换成别的目录") from None


def eml_folder(settings: Settings) -> Path:
    """Where letters are written while no SMTP is set."""
    return settings.data_dir / "mail"


def _own_address() -> str:
    """This machine's address in its own network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address kept for documentation, RFC 5737
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _vault(settings: Settings) -> Vault:
    path = settings.keys_dir / "vault.key"
    if settings.vault_key:
        try:
            return Vault(key_from_text(settings.vault_key))
        except ValueError:
            raise SettingsError("H5APP_VAULT_KEY 应是 64 位十六进制字符，请改正；不设置就自动生成一个") from None
    if not path.exists() and (_database(settings).exists() or (settings.data_dir / "files").exists()):
        raise SettingsError(f"数据还在，密钥文件 {path} 却不见了。请从备份恢复它；换成新的密钥，旧数据就打不开了")
    return Vault(load_or_make_key(path))


def _database(settings: Settings) -> Path:
    return settings.data_dir / "h5app.sqlite"


def _rows(settings: Settings) -> Rows:
    if settings.database_url:
        from h5app.storage.postgres import PostgresRows  # noqa: PLC0415 -- psycopg costs every process 24 MB

        return PostgresRows(settings.database_url)
    return SqliteRows(_database(settings))


def _post(
    settings: Settings, campaign: Campaign, stores: Stores, files: FileStore, stationery: Stationery, *, base_url: str
) -> Post:
    sealed = [path.name for path in campaign.paths.values() if path.mail.mode is MailMode.SEALED_ZIP]
    if sealed and not settings.zip_passphrase:
        raise SettingsError(f"{sealed[0]}的邮件要加密（sealed_zip），请设置打开它的口令 H5APP_ZIP_PASSPHRASE")
    mailer: Mailer = EmlMailer(eml_folder(settings))
    sender = _EML_SENDER
    if settings.smtp_url:
        smtp = parse_smtp_url(settings.smtp_url)
        mailer, sender = SmtpMailer(smtp), smtp.sender
    return Post(
        stores=stores,
        files=files,
        campaign=campaign,
        mailer=mailer,
        sender=sender,
        needs_mailbox=bool(settings.smtp_url),
        clock=lambda: datetime.now(UTC),
        stationery=stationery,
        base_url=base_url,
        passphrase=settings.zip_passphrase,
    )


def _share_desk(settings: Settings, stores: Stores) -> ShareDesk | None:
    if not settings.wechat_app_id:
        return None
    server = WechatServer(settings.wechat_app_id, settings.wechat_app_secret)
    return ShareDesk(settings.wechat_app_id, stores.wechat_tokens, server)

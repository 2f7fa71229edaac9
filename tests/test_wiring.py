import pytest

from h5app.documents.stationery import Stationery
from h5app.domain.errors import CampaignError, SettingsError
from h5app.settings import Settings
from h5app.wiring import RARE_FONTS, eml_folder, load_campaign, make_folder, wire


@pytest.fixture
def settings(tmp_path):
    def settings(**env):
        return Settings.from_env({"H5APP_DATA_DIR": str(tmp_path / "d"), "H5APP_KEYS_DIR": str(tmp_path / "k")} | env)

    return settings


def test_the_first_start_makes_folders_and_keys_for_the_owner_only(settings, tmp_path):
    parts = wire(settings())

    modes = {
        path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "d", tmp_path / "k", *(tmp_path / "k").iterdir())
    }
    assert modes == {"d": 0o700, "k": 0o700, "vault.key": 0o600, "secret.key": 0o600}
    assert wire(settings()).secret_key == parts.secret_key
    assert list((tmp_path / "d").rglob("*.key")) == []


def test_what_one_start_sealed_the_next_one_opens(settings):
    name = wire(settings()).files.put(b"photo")

    assert wire(settings()).files.get(name) == b"photo"


def test_keys_that_are_given_are_used_and_not_written(settings, tmp_path):
    parts = wire(settings(H5APP_VAULT_KEY="ab" * 32, H5APP_SECRET_KEY="sixteen letters."))

    assert parts.secret_key == "sixteen letters."
    assert list((tmp_path / "k").iterdir()) == []


def test_a_key_that_is_none_is_told(settings):
    with pytest.raises(SettingsError) as told:
        wire(settings(H5APP_VAULT_KEY="abc"))

    assert str(told.value) == "H5APP_VAULT_KEY 应是 64 位十六进制字符，请改正；不设置就自动生成一个"


def test_without_smtp_letters_become_files_and_need_no_mailbox(settings, tmp_path):
    parts = wire(settings())

    assert parts.post.needs_mailbox is False
    assert eml_folder(parts.settings) == tmp_path / "d" / "mail"


def test_with_smtp_letters_need_a_mailbox(settings):
    post = wire(settings(H5APP_SMTP_URL="smtp://127.0.0.1:2525?tls=none&from=sender@example.org")).post

    assert (post.needs_mailbox, post.sender) == (True, "sender@example.org")


def test_share_cards_need_an_app(settings):
    assert wire(settings()).share_desk is None
    desk = wire(
        settings(
            H5APP_PUBLIC_BASE_URL="https://zgh.example.org",
            H5APP_WECHAT_APP_ID="wx0123456789abcdef",
            H5APP_WECHAT_APP_SECRET="a-secret",
        )
    ).share_desk

    assert desk.app_id == "wx0123456789abcdef"
    assert "a-secret" not in repr(desk)


def test_S17_links_lead_to_the_set_address_or_else_to_this_machine(settings):
    assert wire(settings(H5APP_PUBLIC_BASE_URL="https://zgh.example.org")).base_url == "https://zgh.example.org"
    assert wire(settings(PORT="9000")).base_url.startswith("http://")
    assert wire(settings(PORT="9000")).base_url.endswith(":9000")


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError) as told:
        make_folder(tmp_path / "file", "H5APP_DATA_DIR")

    assert str(told.value) == f"目录 {tmp_path / 'file'} 写不进去，请改它的权限，或把 H5APP_DATA_DIR 换成别的目录"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_campaign_file_that_cannot_be_read_is_told(tmp_path, content):
    path = tmp_path / "campaign.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CampaignError) as told:
        load_campaign(path)

    assert str(told.value) == f"读不到活动文件 {path}，请核对 H5APP_CAMPAIGN，并确认它是 UTF-8 编码"


def test_a_campaign_file_saved_by_windows_own_editor_with_a_mark_before_its_first_line_is_read(
    tmp_path, campaign, campaign_text
):
    path = tmp_path / "campaign.toml"
    path.write_text("\ufeff" + campaign_text, encoding="utf-8")

    assert load_campaign(path) == campaign


def test_the_office_prints_on_its_own_form_with_its_own_fonts(settings, tmp_path):
    (tmp_path / "form.docx").write_bytes(b"its form")
    (tmp_path / "fonts").mkdir()
    parts = wire(settings(H5APP_WORD_TEMPLATE=str(tmp_path / "form.docx"), H5APP_FONTS_DIR=str(tmp_path / "fonts")))

    assert parts.stationery == Stationery(b"its form", (tmp_path / "fonts",), parts.stationery.rare_fonts)
    assert parts.post.stationery == parts.stationery


def test_without_either_what_is_shipped_is_used_and_what_rare_fonts_there_are(settings):
    found = tuple(path for path in RARE_FONTS if path.exists())
    assert wire(settings()).stationery == Stationery(rare_fonts=found)


@pytest.mark.parametrize("variable", ["H5APP_WORD_TEMPLATE", "H5APP_FONTS_DIR"])
def test_a_path_that_leads_nowhere_is_named_with_its_variable(settings, tmp_path, variable):
    with pytest.raises(SettingsError) as told:
        wire(settings(**{variable: str(tmp_path / "nowhere")}))

    assert variable in str(told.value)
    assert str(tmp_path / "nowhere") in str(told.value)

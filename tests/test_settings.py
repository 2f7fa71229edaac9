from pathlib import Path

import pytest

from h5app.domain.errors import SettingsError
from h5app.settings import PROJECT, Settings


def told(**env):
    with pytest.raises(SettingsError) as error:
        Settings.from_env(env)
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


def test_without_any_environment_everything_lies_in_the_project():
    assert Settings.from_env({}) == Settings(
        data_dir=PROJECT / "instance" / "data",
        keys_dir=PROJECT / "instance" / "keys",
        campaign_file=PROJECT / "campaign.toml",
        base_url="",
        port=8000,
    )


def test_every_setting_is_read(tmp_path):
    secret = tmp_path / "smtp"
    secret.write_text("smtps://u:p@mail.example.org:465\n")

    settings = Settings.from_env(
        {
            "H5APP_DATA_DIR": str(tmp_path / "d"),
            "H5APP_KEYS_DIR": str(tmp_path / "k"),
            "H5APP_CAMPAIGN": str(tmp_path / "c.toml"),
            "H5APP_PUBLIC_BASE_URL": "https://zgh.example.org/",
            "PORT": "9000",
            "H5APP_DATABASE_URL": "postgresql://h5app@/h5app",
            "H5APP_SMTP_URL_FILE": str(secret),
            "H5APP_SECRET_KEY": "sixteen letters.",
            "H5APP_VAULT_KEY": "ab" * 32,
            "H5APP_WORD_TEMPLATE": str(tmp_path / "form.docx"),
            "H5APP_FONTS_DIR": str(tmp_path / "fonts"),
            "H5APP_WECHAT_APP_ID": "wx0123456789abcdef",
            "H5APP_WECHAT_APP_SECRET": "of the app",
            "H5APP_WECHAT_VERIFY": "MP_verify_abc123.txt:abc123, MP_verify_Xy9.txt:Q7",
        }
    )

    assert settings == Settings(
        data_dir=tmp_path / "d",
        keys_dir=tmp_path / "k",
        campaign_file=tmp_path / "c.toml",
        base_url="https://zgh.example.org",
        port=9000,
        database_url="postgresql://h5app@/h5app",
        smtp_url="smtps://u:p@mail.example.org:465",
        secret_key="sixteen letters.",
        vault_key="ab" * 32,
        word_template=tmp_path / "form.docx",
        fonts_dir=tmp_path / "fonts",
        wechat_app_id="wx0123456789abcdef",
        wechat_app_secret="of the app",
        wechat_verify={"MP_verify_abc123.txt": "abc123", "MP_verify_Xy9.txt": "Q7"},
    )
    assert settings.is_https


def test_S27_settings_do_not_print_their_secrets():
    settings = Settings(
        Path("d"),
        Path("k"),
        Path("c"),
        "",
        smtp_url="a-secret",
        secret_key="b-secret",
        vault_key="c-secret",
        wechat_app_secret="d-secret",
    )

    assert "secret" not in repr(settings).replace("secret_key", "")


@pytest.mark.parametrize("port", ["0", "65536", "abc", "-1", "8000.5", " "])
def test_a_port_that_is_none_is_told(port):
    assert told(PORT=port) == f"PORT 应是 1 到 65535 之间的数字，现在是“{port}”，请改正"


@pytest.mark.parametrize(
    "url", ["zgh.example.org", "ftp://zgh.example.org", "https://", "https://a.org/path", "https://a.org?x=1"]
)
def test_an_address_that_is_none_is_told(url):
    assert told(H5APP_PUBLIC_BASE_URL=url) == (
        f"H5APP_PUBLIC_BASE_URL 应像 https://zgh.example.org，现在是“{url}”，请改正"
    )


@pytest.mark.parametrize("keys", ["/srv/data", "/srv/data/keys", "/srv/data/a/../keys"])
def test_keys_inside_the_data_are_refused(keys):
    assert told(H5APP_DATA_DIR="/srv/data", H5APP_KEYS_DIR=keys) == (
        "H5APP_KEYS_DIR 不能放在 H5APP_DATA_DIR 里面，否则备份被偷就等于钥匙被偷，请换一个目录"
    )


def test_other_wrong_settings_are_told(tmp_path):
    assert told(H5APP_DATABASE_URL="mysql://x") == ("H5APP_DATABASE_URL 应以 postgresql:// 开头；不设置就用 SQLite")
    assert told(H5APP_SECRET_KEY="short") == "H5APP_SECRET_KEY 至少 16 个字符，请换长一些的"
    assert told(H5APP_ZIP_PASSPHRASE="granate") == "H5APP_ZIP_PASSPHRASE 至少 10 个字符，请换长一些的"
    assert told(H5APP_ZIP_PASSPHRASE="石榴落在二零二六号井台") == (
        "H5APP_ZIP_PASSPHRASE 只能用英文字母、数字和符号，中文口令在有的电脑上打不开"
    )
    assert told(H5APP_SECRET_KEY="a" * 16, H5APP_SECRET_KEY_FILE="x") == (
        "H5APP_SECRET_KEY 和 H5APP_SECRET_KEY_FILE 只能设置一个，请去掉一个"
    )
    missing = tmp_path / "missing"
    assert told(H5APP_VAULT_KEY_FILE=str(missing)) == (
        f"读不到 H5APP_VAULT_KEY_FILE 指的文件 {missing}，请核对路径和权限"
    )


def test_the_secret_of_the_wechat_app_may_lie_in_a_file(tmp_path):
    (tmp_path / "secret").write_text("of the app\n")

    settings = Settings.from_env(
        {
            "H5APP_PUBLIC_BASE_URL": "https://zgh.example.org",
            "H5APP_WECHAT_APP_ID": "wx0123456789abcdef",
            "H5APP_WECHAT_APP_SECRET_FILE": str(tmp_path / "secret"),
        }
    )

    assert settings.wechat_app_secret == "of the app"


def test_half_a_wechat_app_is_told():
    both = "H5APP_WECHAT_APP_ID 和 H5APP_WECHAT_APP_SECRET 要一起设置，请补上另一个"
    assert told(H5APP_WECHAT_APP_ID="wx0123456789abcdef") == both
    assert told(H5APP_WECHAT_APP_SECRET="of the app") == both
    assert told(H5APP_WECHAT_APP_ID="gh_0123456789ab", H5APP_WECHAT_APP_SECRET="of the app") == (
        "H5APP_WECHAT_APP_ID 应像 wx0123456789abcdef，现在是“gh_0123456789ab”，请改正"
    )
    assert told(H5APP_WECHAT_APP_ID="wx0123456789abcdef", H5APP_WECHAT_APP_SECRET="of the app") == (
        "设置了 H5APP_WECHAT_APP_ID，还要设置对外网址 H5APP_PUBLIC_BASE_URL，请补上"
    )


@pytest.mark.parametrize(
    "entry",
    [
        "abc123",
        "MP_verify_abc123.txt",
        "MP_verify_abc123.txt:",
        "MP_verify_.txt:abc123",
        "MP_verify_../x.txt:abc123",
        "other.txt:abc123",
        "MP_verify_abc123.txt:<b>",
    ],
)
def test_a_proof_of_the_domain_that_is_none_is_told(entry):
    assert told(H5APP_WECHAT_VERIFY=f"MP_verify_ok.txt:ok,{entry}") == (
        "H5APP_WECHAT_VERIFY 应像 MP_verify_abc123.txt:abc123（文件名:文件里的内容），"
        f"几个之间用英文逗号隔开，现在是“{entry}”，请改正"
    )


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("https://zgh.example.org", True),
        ("http://8.8.8.8:8000", True),
        ("", False),
        ("http://localhost:8000", False),
        ("http://127.0.0.1", False),
        ("http://192.168.1.7:8000", False),
        ("http://[::1]:8000", False),
        ("http://zgh.localhost", False),
        ("http://localhost.localdomain", False),
        ("http://bangong.local", False),
        ("http://xuanchuan-pc:8000", False),
    ],
)
def test_an_address_is_public_where_any_phone_could_open_it(address, is_public):
    assert Settings.from_env({"H5APP_PUBLIC_BASE_URL": address}).is_public is is_public

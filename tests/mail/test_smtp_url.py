"""H5APP_SMTP_URL: what is taken, and that nothing of a wrong one is repeated."""

import pytest

from h5app.domain.errors import SettingsError
from h5app.mail.smtp_url import Security, SmtpSettings, parse_smtp_url


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (
            "smtps://office%40example.org:pw@smtp.example.org:994",
            SmtpSettings("smtp.example.org", 994, Security.TLS, "office@example.org", "pw", "office@example.org"),
        ),
        (
            "smtps://office@example.org:pw@smtp.example.org",
            SmtpSettings("smtp.example.org", 465, Security.TLS, "office@example.org", "pw", "office@example.org"),
        ),
        (
            "smtp://robot:a%2Fb%3Fc%23d%40e@smtp.example.org?from=office%40example.org",
            SmtpSettings("smtp.example.org", 587, Security.STARTTLS, "robot", "a/b?c#d@e", "office@example.org"),
        ),
        (
            " smtp://relay.example.org:25/?from=office@example.org\n",
            SmtpSettings("relay.example.org", 25, Security.STARTTLS, "", "", "office@example.org"),
        ),
        (
            "smtp://127.0.0.1:2525?tls=none&from=office@example.org",
            SmtpSettings("127.0.0.1", 2525, Security.NONE, "", "", "office@example.org"),
        ),
        (
            "smtp://[::1]:2525?tls=none&from=office@example.org",
            SmtpSettings("::1", 2525, Security.NONE, "", "", "office@example.org"),
        ),
    ],
)
def test_a_good_url(url, settings):
    assert parse_smtp_url(url) == settings


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "应当以 smtps:// 或 smtp:// 开头"),
        ("https://u@example.org:hunter2@smtp.example.org", "应当以 smtps:// 或 smtp:// 开头"),
        ("smtps://u@example.org:hunter2@", "没有写服务器地址"),
        ("smtps://u@example.org:hunter2@smtp.example.org:0", "没有写服务器地址"),
        ("smtps://u@example.org:hunter2@邮件.example.org", "没有写服务器地址"),
        ("smtps://u@example.org:hunter2@smtp.example.org:99999", "端口写得不对"),
        ("smtps://u:hunter2/x@smtp.example.org", "特殊字符请写成 %XX"),
        ("smtps://u:1/hunter2@smtp.example.org", "特殊字符请写成 %XX"),
        ("smtps://u:1#hunter2@smtp.example.org", "特殊字符请写成 %XX"),
        ("smtps://u:1?hunter2@smtp.example.org", "问号请写成 %3F"),
        ("smtps://u@example.org:hunter2@[smtp.example.org", "特殊字符请写成 %XX"),
        ("smtps://u@example.org:hunter2@smtp.example.org/path", "多余的内容"),
        ("smtps://u@example.org:hunter2@smtp.example.org?verify=no", "只能写 from= 和 tls="),
        ("smtp://u@example.org:hunter2@smtp.example.org?tls=off", "只能写 none"),
        ("smtp://u@example.org:hunter2@smtp.example.org?tls=none", "发往别处的信必须加密"),
        ("smtp://u@example.org:hunter2@192.0.2.1?tls=none", "发往别处的信必须加密"),
        ("smtps://u@example.org:hunter2@127.0.0.1?tls=none", "只能用于 smtp://"),
        ("smtps://u@example.org@smtp.example.org", "要么都写，要么都不写"),
        ("smtps://u@example.org:%E5%AF%86hunter2@smtp.example.org", "只能用英文字母、数字和符号"),
        ("smtps://u@example.org:hunter2%0d%0a@smtp.example.org", "只能用英文字母、数字和符号"),
        ("smtps://robot:hunter2@smtp.example.org", "没有说明发件邮箱"),
        ("smtps://smtp.example.org", "没有说明发件邮箱"),
    ],
)
def test_S27_a_wrong_url_gets_a_sentence_without_its_secret(url, words):
    with pytest.raises(SettingsError) as caught:
        parse_smtp_url(url)

    assert words in str(caught.value)
    assert str(caught.value).startswith("H5APP_SMTP_URL ")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_S27_the_password_is_not_in_the_settings_repr():
    settings = parse_smtp_url("smtps://office%40example.org:hunter2@smtp.example.org")

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)

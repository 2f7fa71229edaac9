import io

import docx
import pytest

from h5app.documents.fonts import FONT_FOLDER
from h5app.documents.word import shipped_template


@pytest.fixture
def doctor(make_service):
    """Run `flask doctor` in an environment of its own; its exit code and its lines."""

    def run(*args, **env):
        done = make_service(**env).app.test_cli_runner().invoke(args=["doctor", *args])
        return done.exit_code, done.output.splitlines()

    return run


def changed(old: str, new: str) -> bytes:
    """The shipped form with one text in place of another."""
    document = docx.Document(io.BytesIO(shipped_template()))
    for text in document.element.body.iter("{*}t"):
        text.text = text.text.replace(old, new)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def test_as_shipped_all_is_well(doctor):
    code, lines = doctor()

    assert code == 0
    assert lines[:2] == ["正常  Word 模板：用自带的模板", "正常  字体：用自带的字体（思源宋体）"]
    assert lines[2].startswith("正常  生僻字字体：")
    assert lines[3] == (
        "正常  海报：现在只能做样张：还没有设置对外网址（H5APP_PUBLIC_BASE_URL），别人的手机打不开二维码"
    )


def test_a_long_address_is_told_before_anything_is_printed(doctor):
    code, lines = doctor(H5APP_PUBLIC_BASE_URL="https://zuimei.jiaozuo-gonghui.example.org")

    assert code == 0
    assert lines[3].split("。", 1)[1] == (
        "海报上的网址有 49 个字符，二维码会密一些。换一个短的域名（H5APP_PUBLIC_BASE_URL），"
        "整个网址不超过 32 个字符，远一点也扫得清"
    )


def test_an_address_too_long_for_any_poster_must_be_put_right(doctor):
    code, lines = doctor(H5APP_PUBLIC_BASE_URL="https://zuimei-laodongzhe.jiaozuo-gonghui-xuanjiao.example.org")

    assert (code, lines[3][:2]) == (1, "要改")
    assert lines[4] == (
        "      · 海报上的网址有 69 个字符，二维码太密，手机扫不清。"
        "请换一个短的域名（H5APP_PUBLIC_BASE_URL），整个网址最好不超过 32 个字符"
    )


def test_a_changed_form_that_is_all_right_is_said_to_be(doctor, tmp_path):
    form = tmp_path / "form.docx"
    form.write_bytes(changed("申报单位", "推荐单位"))

    code, lines = doctor(H5APP_WORD_TEMPLATE=str(form))

    assert (code, lines[0]) == (0, f"正常  Word 模板：{form}")


def test_what_is_wrong_with_a_changed_form_is_told_and_ends_with_1(doctor, tmp_path):
    form = tmp_path / "form.docx"
    form.write_bytes(changed("{{ texts.name }}", "{{ texts.nmae }}"))

    code, lines = doctor(H5APP_WORD_TEMPLATE=str(form))

    assert code == 1
    assert lines[:3] == [
        f"要改  Word 模板：{form}。改好以前一直用自带的模板，信不会丢",
        "      · 不认识占位符 texts.nmae，是不是想写 texts.name？",
        "      · 缺少“姓名”：请补上 {{ texts.name }}",
    ]


def test_a_form_is_checked_before_it_is_used(doctor, tmp_path):
    form = tmp_path / "new.docx"
    form.write_bytes(b"no form at all")

    assert doctor("--template", str(form)) == (
        1,
        [
            f"要改  Word 模板：{form}",
            "      · 这不是 Word 文件（.docx）。请在 Word 里另存为 .docx",
        ],
    )


def test_a_folder_without_fonts_is_told(doctor, tmp_path):
    (tmp_path / "fonts").mkdir()
    code, lines = doctor(H5APP_FONTS_DIR=str(tmp_path / "fonts"))

    assert code == 1
    told = "里没有字体文件（.ttf、.ttc、.otf），请放进去，或去掉 H5APP_FONTS_DIR"
    assert lines[2] == f"      · {tmp_path / 'fonts'} {told}"


def test_the_fonts_of_a_folder_are_named(doctor):
    code, lines = doctor(H5APP_FONTS_DIR=str(FONT_FOLDER))
    assert (code, lines[1]) == (0, f"正常  字体：{FONT_FOLDER}。标题用 Noto Serif SC，正文用 Noto Serif SC")

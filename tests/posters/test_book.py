import pytest

from h5app.domain.channel import Channel
from h5app.domain.channel_code import CODE_LETTERS
from h5app.domain.errors import PosterError
from h5app.domain.nomination import Route
from h5app.posters.book import PosterBook, PosterTexts, load_poster_book
from h5app.posters.code import scan_url

GOOD = """
title_lines = ["最美", "劳动者"]

[texts.campaign]
tag = "诚邀推荐"
call = "推荐您身边的人"
scan = "微信扫一扫"
steps = ["扫码", "填写", "提交"]

[texts.self]
tag = "个人自荐"
call = "说说您自己"
scan = "马上自荐"
steps = ["扫码", "填写", "提交"]

[[channels]]
code = "K7WM"
name = "总海报"

[[channels]]
code = "H3NR"
name = "个人自荐"
route = "self"
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / "posters.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_file_becomes_frozen_data(written):
    assert load_poster_book(written(GOOD)) == PosterBook(
        title_lines=("最美", "劳动者"),
        texts={
            "campaign": PosterTexts("诚邀推荐", "推荐您身边的人", "微信扫一扫", ("扫码", "填写", "提交")),
            "self": PosterTexts("个人自荐", "说说您自己", "马上自荐", ("扫码", "填写", "提交")),
        },
        channels=(Channel("K7WM", "总海报"), Channel("H3NR", "个人自荐", Route.SELF)),
    )


def test_each_channel_has_the_words_of_its_route(written):
    book = load_poster_book(written(GOOD))

    assert [book.texts_for(channel, "a4").tag for channel in book.channels] == ["诚邀推荐", "个人自荐"]


def test_shipped_file_has_the_campaign_and_each_route(book):
    assert [channel.route for channel in book.channels] == [None, "self", "peer", "unit"]


def test_shipped_links_take_32_characters_where_the_base_takes_25(book):
    base = "https://jzgh2.example.org"

    assert (len(base), {len(scan_url(base, channel.code)) for channel in book.channels}) == (25, {32})


def test_shipped_words_speak_of_recommending_only(book):
    words = "".join(
        "".join((texts.tag, texts.call, texts.scan, *texts.steps)) for texts in book.texts.values()
    ) + "".join(book.title_lines)

    assert [word for word in ("评选", "表彰", "评比", "系统", "非法") if word in words] == []


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
NO_KEY = "是多出来的，请检查是不是拼错了，或者删掉"
NO_CODE = f"要写成 4 到 6 个字符，只能用 {CODE_LETTERS}（不含容易看错的字）"
NO_ROUTE = '只能写 "self"（个人自荐）、"peer"（他人举荐）、"unit"（单位推荐），通用海报不写这一行'
SHAPE = "标题 1 到 3 行，步骤 3 条"


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ('name = "总海报"', "", "的 channels[1].name 还没有写，请补上"),
        ('name = "总海报"', 'name = " "', "的 channels[1].name 还空着，请写上文字"),
        ('name = "总海报"', "name = 5", "的 channels[1].name 要写成文字，两边加英文引号"),
        ('name = "总海报"', 'name = "总海报"\nnam = "x"', f"的 channels[1].nam {NO_KEY}"),
        ('tag = "个人自荐"', 'tag = "个人自己推荐自己"', "的 texts.self.tag 太长，最多 6 个字"),
        ('"H3NR"', '"H3N0"', f"的 channels[2].code {NO_CODE}"),
        ('"H3NR"', '"H3NRRRR"', f"的 channels[2].code {NO_CODE}"),
        ('"H3NR"', '"H3NW"', "里 code H3NW 的最后一个字符是核对用的，应写成 H3NR"),
        ('"H3NR"', '"h3nr"', f"的 channels[2].code {NO_CODE}"),
        ('"H3NR"', '"K7WM"', "的 channels 里有 2 张海报用了同一个 code K7WM，请各用一个"),
        ('route = "self"', 'route = "自荐"', f"的 channels[2].route {NO_ROUTE}"),
        ('route = "self"', 'route = "unit"', "的 texts.unit 还没有写，请补上"),
        ("[texts.self]", "[texts.sefl]", "的 texts.self 还没有写，请补上"),
        ('["最美", "劳动者"]', "[]", f"的 title_lines 写少了：{SHAPE}"),
        ('["最美", "劳动者"]', '["a", "b", "c", "d"]', f"的 title_lines 写多了：{SHAPE}"),
        ('["最美", "劳动者"]', '"最美劳动者"', "的 title_lines 写法不对，请照文件里原来的样子写"),
        ('["最美", "劳动者"]', '["最美", "劳动者"', "第 4 行写法不对，请检查引号、等号和方括号是不是成对"),
    ],
)
def test_wrong_file_is_refused_with_the_key_and_the_cure(written, was, becomes, sentence):
    assert was in GOOD

    with pytest.raises(PosterError) as refused:
        load_poster_book(written(GOOD.replace(was, becomes, 1)))

    assert str(refused.value) == f"posters.toml {sentence}"


def test_everything_wrong_is_told_at_once(written):
    with pytest.raises(PosterError) as refused:
        load_poster_book(written(GOOD.replace('scan = "马上自荐"', 'scann = "马上自荐"')))

    assert str(refused.value) == (
        f"posters.toml 的 texts.self.scan 还没有写，请补上；posters.toml 的 texts.self.scann {NO_KEY}"
    )


def test_words_for_an_unknown_route_are_refused(written):
    words = GOOD[GOOD.index("[texts.self]") : GOOD.index("[[channels]]")].replace("texts.self", "texts.friend")

    with pytest.raises(PosterError, match=r"texts\.friend 是多出来的"):
        load_poster_book(written(GOOD + words))


def test_a_product_may_have_words_of_its_own(written):
    book = load_poster_book(written(GOOD + '\n[products.wechat]\nscan = "长按识别"\n'))
    channel = book.channels[1]

    assert book.texts_for(channel, "wechat") == PosterTexts(
        "个人自荐", "说说您自己", "长按识别", ("扫码", "填写", "提交")
    )
    assert book.texts_for(channel, "a4") == book.texts["self"]


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        ('[usual]\nproducts = ["a5"]', "里没有“a5”这种海报，可以选：a4、a3、rollup、sticker、tearoff、wechat"),
        ('[usual]\ndesigns = ["blue"]', "里没有“blue”这种样子，可以选：red、plain、dark"),
        ('[products.a5]\ncall = "快来"', "里没有“a5”这种海报，可以选：a4、a3、rollup、sticker、tearoff、wechat"),
        ('[products.a3]\ntag = "快来"', f"的 products.a3.tag {NO_KEY}"),
        (
            "[usual]\nproducts = []",
            '的 usual.products 写法不对，请照这样写，至少写一种：products = ["a4", "a3"]，designs = ["red"]',
        ),
    ],
)
def test_wrong_product_or_design_is_refused_with_those_there_are(written, added, sentence):
    with pytest.raises(PosterError) as refused:
        load_poster_book(written(f"{GOOD}\n{added}\n"))

    assert str(refused.value) == f"posters.toml {sentence}"


def test_emblem_is_found_beside_the_file(written, tmp_path):
    (tmp_path / "emblem.svg").write_text(SVG, encoding="ascii")

    assert load_poster_book(written('emblem = "emblem.svg"\nlogo = true\n' + GOOD)).emblem == tmp_path / "emblem.svg"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('emblem = "gone.svg"', "找不到标志图片 gone.svg。请把它放到 qr/assets 里"),
        ('emblem = "posters.toml"', "标志要用 .svg、.png 或 .jpg 图片，posters.toml 不是"),
        ('emblem = "../../emblem.svg"', "posters.toml 的 emblem 要写 qr 目录里的图片，如 assets/emblem.svg"),
        ('emblem = ""', "posters.toml 的 emblem 要写 qr 目录里的图片，如 assets/emblem.svg"),
        (r'emblem = "a\u0000.svg"', "posters.toml 的 emblem 要写 qr 目录里的图片，如 assets/emblem.svg"),
        ("logo = true", "posters.toml 里写了 logo = true，还要用 emblem 写出标志的图片，如 assets/emblem.svg"),
        ('logo = "yes"', "posters.toml 的 logo 要写成 true 或 false，不加引号"),
        ('emblem = "large.png"', "标志图片 large.png 太大，请换成 300 KB 以内的，最好是 .svg"),
        ('emblem = "broken.png"', "标志图片 broken.png 打不开，请重新导出一份"),
        ('emblem = "broken.svg"', "标志图片 broken.svg 打不开，请重新导出一份"),
        ('emblem = "old.svg"', "标志图片 old.svg 打不开，请重新导出一份"),
    ],
)
def test_emblem_that_cannot_be_printed_is_refused(written, tmp_path, line, sentence):
    (tmp_path / "large.png").write_bytes(bytes(300 * 1024 + 1))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    (tmp_path / "broken.svg").write_text(SVG[:-3], encoding="ascii")
    (tmp_path / "old.svg").write_bytes("<svg>总工会</svg>".encode("gb18030"))

    with pytest.raises(PosterError) as refused:
        load_poster_book(written(f"{line}\n{GOOD}"))

    assert str(refused.value) == sentence


def test_steps_are_exactly_three(written):
    with pytest.raises(PosterError, match=r"texts\.campaign\.steps\[3\] 还没有写，请补上"):
        load_poster_book(written(GOOD.replace('["扫码", "填写", "提交"]', '["扫码", "填写"]', 1)))
    with pytest.raises(PosterError, match=r"texts\.campaign\.steps 写多了"):
        load_poster_book(written(GOOD.replace('["扫码", "填写", "提交"]', '["1", "2", "3", "4"]', 1)))


def test_file_without_posters_is_refused(written):
    words = GOOD[: GOOD.index("[[channels]]")]

    with pytest.raises(PosterError, match="channels 还空着，请至少写一张海报"):
        load_poster_book(written("channels = []\n" + words))


def test_missing_file_is_refused_with_its_path(tmp_path):
    with pytest.raises(PosterError) as refused:
        load_poster_book(tmp_path / "posters.toml")

    assert str(refused.value) == f"找不到 {tmp_path / 'posters.toml'}。请把仓库里的 qr/posters.toml 放回原处"


def test_file_saved_by_an_old_editor_is_refused(tmp_path):
    path = tmp_path / "posters.toml"
    path.write_bytes(GOOD.encode("gb18030"))

    with pytest.raises(PosterError, match="不是 UTF-8 编码。请用编辑器另存为 UTF-8"):
        load_poster_book(path)


def test_file_saved_by_windows_own_editor_with_a_mark_before_its_first_line_is_read(written):
    assert load_poster_book(written("\ufeff" + GOOD)) == load_poster_book(written(GOOD))

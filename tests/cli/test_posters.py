"""`flask posters`: all of them or a chosen few, into folders or a ZIP."""

import resource
import zipfile
from datetime import UTC, datetime

import pytest

from h5app.domain.channel import ChannelState, NewChannel

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
SMALL = ("--sample", "--product", "sticker", "--design", "plain")


@pytest.fixture
def flask(service):
    """Run one `flask …` command; its exit code and its words."""

    def run(*args):
        done = service.app.test_cli_runner().invoke(args=[str(each) for each in args])
        return done.exit_code, done.output

    return run


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_posters_of_every_channel_are_written_into_a_folder_a_region(service, flask, tmp_path):
    service.parts.channels.add([NewChannel("中通示例站", region="解放区", code="434Q")], who="甲", now=NOW)

    code, said = flask("posters", *SMALL, "--out", tmp_path / "new" / "out")

    assert code == 0
    assert said.splitlines()[-1] == f"做好 5 个文件，在 {tmp_path / 'new' / 'out'}"
    assert files(tmp_path / "new" / "out") == [
        "不分地区/个人自荐_不干胶贴_白底_样张_H3NR.pdf",
        "不分地区/他人举荐_不干胶贴_白底_样张_M9TF.pdf",
        "不分地区/单位推荐_不干胶贴_白底_样张_X4GE.pdf",
        "不分地区/总海报_不干胶贴_白底_样张_K7WM.pdf",
        "解放区/中通示例站_不干胶贴_白底_样张_434Q.pdf",
    ]


def test_without_a_choice_what_the_book_calls_usual_is_made(flask, tmp_path):
    code, _said = flask("posters", "--sample", "--channel", "K7WM", "--out", tmp_path / "out")

    assert (code, files(tmp_path / "out")) == (0, ["不分地区/总海报_A4海报_红色_样张_K7WM.pdf"])


def test_all_is_every_product_in_every_design(flask, tmp_path):
    code, said = flask("posters", "--sample", "--all", "--channel", "K7WM", "--form", "pdf", "--out", tmp_path / "out")

    assert (code, len(files(tmp_path / "out"))) == (0, 5 * 3)
    assert said.splitlines()[-1].startswith("做好 15 个文件")


def test_a_chosen_few_are_made_as_what_was_asked_for(service, flask, tmp_path):
    service.parts.channels.add([NewChannel("中通示例站", region="解放区", code="434Q")], who="甲", now=NOW)

    by_code = flask(
        "posters",
        *SMALL,
        "--channel",
        "k7wm",
        "--channel",
        "K7-WM",
        "--form",
        "png",
        "--form",
        "jpg",
        "--out",
        tmp_path / "a",
    )
    by_region = flask("posters", *SMALL, "--region", "解放区", "--out", tmp_path / "b")

    assert (by_code[0], by_code[1].splitlines()[-1]) == (0, f"做好 1 个文件，在 {tmp_path / 'a'}")
    assert files(tmp_path / "a") == ["不分地区/总海报_不干胶贴_白底_样张_K7WM.png"]
    assert (by_region[0], files(tmp_path / "b")) == (0, ["解放区/中通示例站_不干胶贴_白底_样张_434Q.pdf"])


def test_conditions_hold_together_and_for_a_list_as_well(flask, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text(
        "名称,推荐方式,地区,类别,编码\n甲站,自荐,温县,快递员,434Q\n乙站,自荐,温县,货车司机,\n", encoding="utf-8"
    )

    by_route = flask("posters", *SMALL, "--route", "self", "--out", tmp_path / "a")
    of_list = flask(
        "posters", *SMALL, "--list", source, "--region", "温县", "--category", "快递员", "--out", tmp_path / "b"
    )

    assert (by_route[0], files(tmp_path / "a")) == (0, ["不分地区/个人自荐_不干胶贴_白底_样张_H3NR.pdf"])
    assert (of_list[0], files(tmp_path / "b")) == (0, ["温县/甲站_不干胶贴_白底_样张_434Q.pdf"])


def test_a_zip_holds_the_same_and_is_there_only_when_it_is_whole(flask, tmp_path):
    target = tmp_path / "out" / "posters.zip"
    target.parent.mkdir()

    code, said = flask("posters", *SMALL, "--channel", "K7WM", "--zip", target)

    assert (code, said.splitlines()[-1]) == (0, f"做好 1 个文件，在 {target}")
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["不分地区/总海报_不干胶贴_白底_样张_K7WM.pdf", "说明.txt"]
    assert files(target.parent) == ["posters.zip"]


def test_a_list_is_added_first_and_its_channels_are_made(service, flask, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text("名称,地区,编码\n中通示例站,解放区,434Q\n总海报,,\n", encoding="gb18030")

    first = flask("posters", *SMALL, "--list", source, "--out", tmp_path / "out")
    again = flask("posters", *SMALL, "--list", source, "--out", tmp_path / "out")

    assert (first[0], again[0]) == (0, 0)
    assert "名单：新添加 1 个，已经有的 1 个" in first[1]
    assert "名单：新添加 0 个，已经有的 2 个" in again[1]
    assert files(tmp_path / "out") == [
        "不分地区/总海报_不干胶贴_白底_样张_K7WM.pdf",
        "解放区/中通示例站_不干胶贴_白底_样张_434Q.pdf",
    ]
    assert [(act.who, act.action) for act in service.stores.audit.of("434Q")] == [("服务器命令", "添加海报渠道")]


def test_a_list_with_mistakes_adds_nothing_and_names_its_rows(service, flask, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text("名称,地区\n中通示例站,解放区\n甲,火星\n", encoding="utf-8")

    code, said = flask("posters", *SMALL, "--list", source, "--out", tmp_path / "out")

    assert code == 1
    assert "第 3 行：县（市、区）“火星”认不出来" in said
    assert len(service.parts.channels.all()) == 4
    assert not (tmp_path / "out").exists()


def test_nothing_but_samples_is_made_before_the_address_is_public(flask, tmp_path):
    code, said = flask("posters", "--product", "sticker", "--out", tmp_path / "out")

    assert code == 1
    assert said == (
        "还没有设置对外网址（H5APP_PUBLIC_BASE_URL），别人的手机打不开二维码。"
        "现在只能做样张，设好以后才能印。要做样张请加 --sample\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_missing_record_number_is_named_too_and_with_it_posters_are_made(make_service, tmp_path):
    public = {"H5APP_PUBLIC_BASE_URL": "https://zm.example.org"}
    record = {'icp_record = ""': 'icp_record = "豫ICP备2024000001号"'}
    command = [
        "posters",
        "--product",
        "sticker",
        "--design",
        "red",
        "--channel",
        "K7WM",
        "--out",
        str(tmp_path / "out"),
    ]

    without = make_service(**public).app.test_cli_runner().invoke(args=command)
    with_it = make_service(replace_in_campaign=record, **public).app.test_cli_runner().invoke(args=command)

    assert (without.exit_code, "备案号" in without.output, "--sample" in without.output) == (1, True, True)
    assert with_it.exit_code == 0
    assert files(tmp_path / "out") == ["不分地区/总海报_不干胶贴_红色_K7WM.pdf"]


def test_one_that_cannot_be_made_keeps_no_other_from_being_made(service, flask, tmp_path):
    service.parts.channels.change("H3NR", to=NewChannel("旧的"), state=ChannelState.REVOKED, who="甲", now=NOW)

    code, said = flask("posters", *SMALL, "--channel", "H3NR", "--channel", "K7WM", "--out", tmp_path / "out")

    assert (code, files(tmp_path / "out")) == (1, ["不分地区/总海报_不干胶贴_白底_样张_K7WM.pdf"])
    assert "没有做成：旧的（H3NR）的不干胶贴 90×54 mm，白底省墨：这个渠道已停用" in said


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--channel", "XXXX"), 1, "没有这些编码，请核对：XXXX"),
        (("--region", "火星"), 1, "没有“火星”这个地区，可以选：解放区"),
        (("--category", "骑手"), 1, "没有“骑手”这个类别，可以选：货车司机"),
        (("--region", "温县"), 1, "没有这样的渠道，请换一个地区、类别或推荐方式，或者先添加渠道"),
        (("--form", "jpg"), 1, "不干胶贴 90×54 mm没有 jpg 文件，可以选：pdf、png"),
        (("--product", "a5"), 2, "a5"),
        (("--list", "/nowhere.csv"), 2, "/nowhere.csv"),
    ],
)
def test_what_there_is_not_is_told_in_a_sentence(flask, tmp_path, args, code, said):
    found = flask("posters", *SMALL, "--out", tmp_path / "out", *args)

    assert (found[0], said in found[1]) == (code, True)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(flask, tmp_path):
    (tmp_path / "taken").write_text("")

    code, said = flask("posters", *SMALL, "--channel", "K7WM", "--out", tmp_path / "taken" / "out")

    assert (code, "写不进" in said, "Traceback" in said) == (1, True, False)


@pytest.mark.parametrize("into", [("--out", ""), ("--zip", "a.zip")])
def test_a_disk_that_is_full_leaves_no_half_file(flask, tmp_path, into):
    option, name = into
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # a sticker has 26 KB
    try:
        code, said = flask("posters", *SMALL, option, tmp_path / "out" / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (code, "写不进" in said, "Traceback" in said) == (1, True, False)
    assert files(tmp_path / "out") == []


def test_two_runs_into_one_zip_each_write_a_file_of_their_own(flask, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.zip.part").write_text("of a run that is still at work")

    code, _said = flask("posters", *SMALL, "--zip", out / "a.zip")

    assert (code, files(out)) == (0, ["a.zip", "a.zip.part"])

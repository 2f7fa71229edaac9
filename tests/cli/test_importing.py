import pytest

from h5app.domain.nomination import Origin
from tests.documents.reading.word_forms import FILLED, notice_form, saved
from tests.people import ID_NUMBER, PHONE, jpeg


@pytest.fixture
def flask(service):
    """Run one `flask …` command; its exit code and its words."""

    def run(*args):
        done = service.app.test_cli_runner().invoke(args=[str(each) for each in args])
        return done.exit_code, done.output

    return run


@pytest.fixture
def put(tmp_path):
    """Write a form into a file."""

    def put(name, *, portrait=True, **changes):
        path = tmp_path / name
        path.write_bytes(saved(notice_form(FILLED | changes, portrait=jpeg(250, 350) if portrait else None)))
        return path

    return put


def test_importing_shows_what_was_read_and_what_is_missing_and_stores_nothing(service, flask, put):
    code, said = flask("import", put("一.docx", portrait=False), "--route", "self")

    assert code == 0
    for line in ("一.docx：读到", "  姓 名：李建国", "  政治面貌：党员", "  近照：没有", "  要改：近照，表上没有近照"):
        assert line in said.replace("\u3000", " ").splitlines()
    assert "  要改：工作所在地，请选择工作所在地" in said.splitlines()
    assert (ID_NUMBER in said, PHONE in said) == (False, False)
    assert service.stores.rows.read("SELECT * FROM drafts") == []


def test_saving_saves_what_has_no_trouble_and_leaves_the_rest_to_the_console(service, flask, put, tmp_path):
    (tmp_path / "坏.docx").write_bytes(b"%PDF")
    good = put("一.docx")
    incomplete = put("二.docx", id_number="11010519491231002X", phone="13911112222", education="")

    code, said = flask(
        "import", good, incomplete, tmp_path / "坏.docx", "--route", "self", "--save", "--region", "温县", "--no-mail"
    )

    (entry,) = service.stores.nominations.alike(id_number=ID_NUMBER, phone="")
    assert code == 0
    assert f"一.docx：已存为申报，受理编号 {entry.reference}" in said
    assert "二.docx：没有存，还有 1 处要改（学历）" in said
    assert "坏.docx：这是 PDF 文件" in said
    assert "/admin/imports/batch/" in said
    assert (entry.origin, entry.answers["region"]) == (Origin.MAIL, "温县")
    assert service.stores.outbox.counts() == {}
    assert [act.who for act in service.stores.audit.of(entry.reference)] == ["服务器命令"]


def test_somebody_who_is_there_already_is_not_saved_twice(service, flask, put):
    first = flask("import", put("一.docx"), "--route", "self", "--save", "--region", "温县")
    second = flask("import", put("一.docx"), "--route", "self", "--save", "--region", "温县")

    assert "已存为申报" in first[1]
    assert "没有存，可能重复" in second[1]
    assert len(service.stores.nominations.alike(id_number=ID_NUMBER, phone="")) == 1


def test_a_route_that_is_none_and_a_file_that_is_none_are_refused(flask, put):
    assert flask("import", put("一.docx"), "--route", "mine")[0] == 2
    assert flask("import", "/nowhere.docx", "--route", "self")[0] == 2

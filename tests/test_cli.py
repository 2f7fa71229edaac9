import io
import socket
from contextlib import closing
from email import message_from_bytes

import docx
import openpyxl
import pytest

from h5app.app import create_app
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Status
from h5app.services.delivering import LEASE
from h5app.services.drafting import token_hash
from h5app.services.erasing import erase_entry
from h5app.settings import Settings
from h5app.storage.nominations import Search
from h5app.wiring import wire
from tests.people import ID_NUMBER, NAME, PHONE


@pytest.fixture
def flask(service):
    """Run one `flask …` command; its exit code and its words."""

    def run(*args):
        done = service.app.test_cli_runner().invoke(args=args)
        return done.exit_code, done.output

    return run


def test_migrating_twice_says_that_nothing_was_left_to_do(flask):
    assert flask("migrate") == (0, "数据库已是最新\n")


@pytest.mark.parametrize(
    "command",
    [["posters", "--sample"], ["export", "all.xlsx"], ["table", "xlsx"], ["mail", "list"], ["mail", "send"]],
    ids=" ".join,
)
def test_a_database_without_tables_is_told_with_the_command_that_makes_them(tmp_path, command):
    places = {"H5APP_DATA_DIR": str(tmp_path / "data"), "H5APP_KEYS_DIR": str(tmp_path / "keys")}
    settings = Settings.from_env(places)
    with closing((parts := wire(settings)).stores.rows):
        done = create_app(settings, parts=parts).test_cli_runner().invoke(args=command)

    assert (done.exit_code, done.output) == (1, "数据库还没有建好，或者还是旧的。请先运行 flask migrate，再来一次\n")


def test_due_letters_are_written_as_files_and_listed(service, flask):
    entry = service.entry()

    sent = flask("mail", "send")
    again = flask("mail", "send")
    listed = flask("mail", "list")

    assert sent == (0, "还没有设置发件邮箱，信件已写成 .eml 文件，没有寄出\n")
    assert again == (0, "")
    assert listed[1].startswith(f"{entry.reference}  第 1 版  已写成文件  ")
    (written,) = (service.parts.settings.data_dir / "mail").iterdir()
    assert message_from_bytes(written.read_bytes()).is_multipart()
    assert NAME not in sent[1] + listed[1]


def test_a_letter_is_queued_again_by_its_number(service, flask):
    entry = service.entry()
    flask("mail", "send")

    assert flask("mail", "retry", entry.reference.lower()) == (0, "已排队，马上重发\n")
    assert service.stores.outbox.counts() == {LetterState.QUEUED: 1}
    assert [act.who for act in service.stores.audit.of(entry.reference)] == ["服务器命令"]


def test_what_cannot_be_queued_is_told_in_one_sentence(service, flask):
    entry = service.entry()
    now = service.parts.post.clock()
    service.stores.outbox.claim_next(now=now, lease_until=now + LEASE)

    assert flask("mail", "retry", entry.reference) == (1, "这封邮件正在寄出，请过几分钟再看\n")
    assert flask("mail", "retry", "XXXXXXXX") == (1, "没有这个受理编号，请核对\n")


def test_an_admins_link_is_printed_and_good(service, flask):
    code, words = flask("admin", "add")

    base, token = words.strip().rsplit("/", 1)
    assert (code, base) == (0, f"{service.parts.base_url}/admin/setup")
    assert service.stores.admins.link_is_good(token_hash(token), now=service.parts.post.clock())


def test_an_export_is_for_its_owner_only_and_that_is_written_down(service, flask, tmp_path):
    service.entry()
    target = tmp_path / "all.xlsx"

    assert flask("export", str(target)) == (0, f"已写入 {target}\n")
    assert target.stat().st_mode & 0o777 == 0o600
    assert openpyxl.load_workbook(io.BytesIO(target.read_bytes())).active.max_row == 2
    assert [act.action for act in service.stores.audit.of("")] == ["下载申报表格"]


def test_an_export_over_a_file_that_others_can_read_closes_it(flask, tmp_path):
    target = tmp_path / "all.xlsx"
    target.write_bytes(b"x" * 100_000)
    target.chmod(0o644)

    flask("export", str(target))

    assert target.stat().st_mode & 0o777 == 0o600


def test_an_export_into_a_folder_that_is_not_there_is_one_sentence(flask, tmp_path):
    target = tmp_path / "missing" / "all.xlsx"

    assert flask("export", str(target)) == (
        1,
        f"写不进 {target}（No such file or directory），请核对目录和权限\n",
    )


def test_the_demonstration_adds_what_it_was_asked_for(service, flask):
    code, words = flask("demo", "--entries", "2")

    assert (code, words.splitlines()[-1]) == (0, "已加入 2/2 份示例")
    assert service.stores.nominations.count(Search()) == 2


def test_the_demonstration_refuses_where_a_mailbox_is_set(make_service):
    service = make_service(replace_in_campaign={'mailbox = "" ': 'mailbox = "office@example.org" '})

    done = service.app.test_cli_runner().invoke(args=["demo", "--entries", "1"])

    assert done.exit_code == 1
    assert done.output.startswith("活动文件里已经填了报送邮箱")


def test_starting_on_a_taken_port_is_one_sentence(make_service):
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        service = make_service(PORT=str(port))

        done = service.app.test_cli_runner().invoke(args=["up"])

    assert (done.exit_code, done.output) == (
        1,
        f"端口 {port} 被别的程序占用了，请换一个：PORT={port + 1} make run\n",
    )


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("docx", b"PK\x03\x04")])
def test_a_form_is_written_for_its_owner_only_and_that_is_written_down(service, flask, tmp_path, kind, start):
    entry = service.entry()
    target = tmp_path / f"form.{kind}"

    assert flask("form", kind, f" {entry.reference[:4].lower()}-{entry.reference[4:]}", "--out", str(target)) == (
        0,
        f"已写入 {target}\n",
    )
    assert target.read_bytes().startswith(start)
    assert target.stat().st_mode & 0o777 == 0o600
    acts = [(act.who, act.action) for act in service.stores.audit.of(entry.reference)]
    assert acts == [("服务器命令", f"下载推荐表（{kind}）")]


def test_a_form_without_a_name_given_is_called_as_in_every_other_place(service, flask, tmp_path, monkeypatch):
    entry = service.entry()
    monkeypatch.chdir(tmp_path)

    flask("form", "pdf", entry.reference)

    assert [path.name for path in tmp_path.glob("*.pdf")] == [f"推荐表_{NAME}_{entry.reference}.pdf"]


def test_the_form_of_nobody_or_of_what_has_ended_is_one_sentence(service, flask):
    entry = service.entry()
    erase_entry(service.stores, service.parts.files, entry, to=Status.WITHDRAWN, who="本人", now=entry.changed_at)

    assert flask("form", "pdf", "XXXXXXXX") == (1, "没有这个受理编号，请核对\n")
    assert flask("form", "pdf", entry.reference) == (1, "这份推荐表已撤回，资料已经删除，没有可以下载的\n")


def test_a_table_holds_the_numbers_given_in_their_order_and_columns_on_request(service, flask, tmp_path):
    entries = [service.entry(name=name) for name in ("甲一", "乙二", "丙三")]
    target = tmp_path / "table.xlsx"
    numbers = [entries[2].reference.lower(), entries[0].reference]

    flask("table", "xlsx", *numbers, "--with-id", "--with-phone", "--unit", "焦作市总工会", "--out", str(target))

    rows = list(openpyxl.load_workbook(target).active.iter_rows(min_row=3, values_only=True))
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [(row["序号"], row["姓名"], row["推荐单位"]) for row in found] == [
        ("1", "丙三", "焦作市总工会"),
        ("2", "甲一", "焦作市总工会"),
    ]
    assert [(row["身份证号"], row["联系方式"]) for row in found] == [(ID_NUMBER, PHONE)] * 2
    assert target.stat().st_mode & 0o777 == 0o600
    assert [act.detail for act in service.stores.audit.of(entries[2].reference)] == ["含身份证号、联系方式"]
    assert service.stores.audit.of(entries[1].reference) == []


def test_a_table_of_everybody_leaves_out_what_has_ended(service, flask, tmp_path):
    first, second = service.entry(name="甲一"), service.entry(name="乙二")
    erase_entry(service.stores, service.parts.files, first, to=Status.WITHDRAWN, who="本人", now=first.changed_at)
    target = tmp_path / "table.docx"

    assert flask("table", "docx", "--out", str(target)) == (0, f"已写入 {target}\n")
    assert flask("table", "docx", first.reference, second.reference) == (
        1,
        f"没有这些受理编号，或者已经撤回，请核对：{first.reference}\n",
    )
    (table,) = docx.Document(str(target)).tables
    assert [row.cells[2].text for row in table.rows] == ["姓名", "乙二"]


def test_a_blank_table_holds_nobody(service, flask, tmp_path):
    service.entry()
    target = tmp_path / "blank.xlsx"

    flask("table", "xlsx", "--blank", "--out", str(target))

    cells = [cell for row in openpyxl.load_workbook(target).active.iter_rows(values_only=True) for cell in row]
    assert NAME not in cells
    assert "8" in cells

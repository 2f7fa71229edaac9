"""`flask mail …` as somebody at the server reads it."""

import pytest

from h5app.domain.attempt import Phase
from h5app.domain.letter import LetterState, Verdict
from h5app.services.delivering import LEASE
from tests.people import NAME

PAUSED = "已暂停，信件都排着队，不会丢。要继续：flask mail resume\n"


@pytest.fixture
def flask(service):
    """Run one `flask mail …` command; its exit code and its words."""

    def run(*args):
        done = service.app.test_cli_runner().invoke(args=["mail", *args])
        return done.exit_code, done.output

    return run


def hold(service, *, alarm=False):
    """Let the oldest due letter wait for people."""
    now = service.parts.post.clock()
    letter = service.stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    verdict = Verdict(LetterState.HELD, None, alarm=alarm, pause_until=None, note="太大，请点“拆分”")
    service.stores.outbox.record(letter, verdict, phase=Phase.DOT, now=now)


def spelt(reference):
    """As somebody types it who reads it from paper."""
    return f" {reference[:4].lower()}－{reference[4:]} "


def test_columns_of_the_list_stand_under_each_other_and_name_nobody(service, flask):
    service.entry()
    service.entry(name="王五")
    hold(service)

    code, words = flask("list")

    queued, held = words.splitlines()
    assert code == 0
    assert queued.split()[1:4] == ["第", "1", "版"]
    assert held.split("  ")[1:4] == ["第 1 版", "需人工处理", "1 次"]
    assert queued.encode("gbk").index("0 次".encode("gbk")) == held.encode("gbk").index("1 次".encode("gbk"))
    assert NAME not in words


def test_the_list_is_narrowed_to_a_state_and_to_what_needs_staff(service, flask):
    service.entry()
    held = service.entry(name="王五")
    hold(service)
    first = service.stores.outbox.page(state="held", limit=1, offset=0)[0].reference

    assert flask("list", "--state", "held")[1].startswith(first)
    assert flask("list", "--state", "alarm") == flask("list", "--state", "held")
    assert len(flask("list", "--limit", "1")[1].splitlines()) == 1
    assert flask("list", "--state", "sent") == (0, "")
    assert flask("list", "--state", "nonsense")[0] == 2
    assert held.reference in flask("list")[1]


def test_one_entrys_letter_is_shown_as_it_will_be_sent(service, flask):
    entry = service.entry()

    code, words = flask("show", spelt(entry.reference))

    lines = words.splitlines()
    assert (code, lines[0]) == (0, f"{entry.reference}  个人自荐  待审核")
    assert lines[2] == "第 1 版  等待寄出"
    assert lines[3] == "  寄到      还没有设置报送邮箱"
    assert lines[-1].startswith("  会这样寄  约 ")
    assert lines[-1].endswith("，一封寄出，照片用邮件尺寸")
    assert NAME not in words


def test_what_was_only_written_to_a_file_is_not_shown_as_sent(service, flask):
    entry = service.entry()
    flask("send")

    words = flask("show", entry.reference)[1]

    (message,) = service.stores.outbox.messages(service.stores.outbox.of_nomination(entry.id).id)
    assert "第 1 版  已写成文件" in words
    assert f" 写成文件  {message.message_id}" in words
    assert "已寄出" not in words
    assert "会这样寄" not in words


def test_a_number_that_is_not_there_is_one_sentence(flask):
    for verb in ("show", "retry", "split"):
        assert flask(verb, "XXXXXXXX") == (1, "没有这个受理编号，请核对\n")


def test_a_held_letter_is_split_by_its_number(service, flask):
    entry = service.entry()
    hold(service)

    assert flask("split", spelt(entry.reference)) == (0, "已拆分，马上分几封重发\n")

    assert service.stores.outbox.of_nomination(entry.id).least_parts == 2
    assert [(act.who, act.action) for act in service.stores.audit.of(entry.reference)] == [("服务器命令", "拆分邮件")]
    assert "分 2 封寄出" in flask("show", entry.reference)[1]


def test_a_paused_queue_sends_nothing_and_says_so(service, flask):
    service.entry()

    assert flask("pause", "--note", "换邮箱") == (0, PAUSED)
    code, words = flask("send")
    assert (code, words.startswith("邮件暂停寄出。服务器命令在 ")) == (1, True)
    assert words.endswith("暂停：换邮箱\n")
    assert service.stores.outbox.counts() == {LetterState.QUEUED: 1}

    assert flask("resume") == (0, "已继续寄出\n")
    assert flask("send")[0] == 0
    assert flask("resume") == (1, "邮件没有暂停，不用点“继续寄出”\n")
    assert [act.action for act in service.stores.audit.of("")] == ["继续寄出邮件", "暂停寄出邮件"]


def test_sending_ends_with_a_1_where_letters_need_staff(service, flask):
    service.entry()
    hold(service)

    assert flask("send") == (1, "有 1 封邮件要处理，请看 flask mail list --state alarm\n")

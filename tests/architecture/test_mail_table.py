"""docs/mail.md explains every state a letter can have, in the figures of the code."""

import re

from h5app.domain.letter import BACKOFF, LetterState
from h5app.mail.smtp import DEADLINE_S
from tests.architecture.test_sentences import TESTS

PAGE = (TESTS.parent / "docs/mail.md").read_text(encoding="utf-8")


def rows_under(heading: str) -> list[list[str]]:
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in row.strip("|").split(" | ")] for row in section.splitlines() if row.startswith("| ")
    ]
    return rows[1:]


def test_staff_find_every_state_with_what_to_do():
    rows = rows_under("状态")

    assert [row[0] for row in rows] == [state.label for state in LetterState]
    assert [row for row in rows if len(row) != 3 or not all(row)] == []


def test_the_figures_are_those_of_the_code():
    minutes = [wait.total_seconds() / 60 for wait in BACKOFF]

    assert "1、2、5、10、30 分钟，1、2、4 小时后" in PAGE
    assert minutes == [1, 2, 5, 10, 30, 60, 120, 240]
    assert f"一次寄信最多 {DEADLINE_S:g} 秒" in PAGE


def test_every_state_that_the_matrix_leads_to_is_explained():
    states = {re.split("[，。]", row[1])[0] for row in rows_under("邮件服务器说了什么，后台怎么办")}

    assert states - {"全部信件暂停 30 分钟"} <= {state.label for state in LetterState}

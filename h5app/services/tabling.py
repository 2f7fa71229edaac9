"""Tabling: chosen entries become the 汇总表 of 附件2, as Word or XLSX."""

from collections.abc import Collection, Iterable
from datetime import date

from h5app.documents.names import clean_file_name
from h5app.documents.package import PackageFile
from h5app.documents.roster_table import roster_xlsx
from h5app.documents.roster_word import roster_docx
from h5app.domain.answers import shown
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Nomination, Route
from h5app.domain.roster import COLUMNS, NUMBER, RECOMMENDER, Roster, blank_roster

_DRAWN_BY = {"docx": roster_docx, "xlsx": roster_xlsx}
KINDS = tuple(_DRAWN_BY)


def roster_of(
    entries: Iterable[Nomination],
    campaign: Campaign,
    *,
    unit: str = "",
    dated: str = "",
    asked: Iterable[str] = (),
    first: int = 1,
) -> Roster:
    """The 汇总表 of entries in their order.

    Args:
        unit: 推荐单位 above the table, and of everybody whom no unit of his own has recommended.
        dated: the day in words.
        asked: names of the columns that stand there on request only.
        first: 序号 of the first entry.
    """
    return Roster(
        title=campaign.table_title,
        unit=unit,
        dated=dated,
        rows=tuple(_row(entry, unit) for entry in entries),
        asked=frozenset(asked),
        deeds_chars=_deeds_chars(campaign),
        first=first,
    )


def roster_file(roster: Roster, kind: str, *, name: str = "推荐汇总表") -> PackageFile:
    """Draw it as one of `KINDS`."""
    return PackageFile(clean_file_name(f"{name}.{kind}"), _DRAWN_BY[kind](roster))


def blank_file(campaign: Campaign, kind: str) -> PackageFile:
    """The empty table, for whoever fills it in by hand."""
    blank = blank_roster(campaign.table_title, deeds_chars=_deeds_chars(campaign))
    return roster_file(blank, kind, name=f"{campaign.table_title}_空白")


def said_columns(asked: Collection[str]) -> str:
    """What of the columns on request a table holds, for the history of whoever stands in it; "" for none of them.

    >>> said_columns(["phone"])
    '含联系方式'
    """
    labels = [column.label for column in COLUMNS if column.name in asked]
    return f"含{'、'.join(labels)}" if labels else ""


def in_words(day: date) -> str:
    """A day as an official table says it.

    >>> in_words(date(2026, 11, 22))
    '2026年11月22日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def _row(entry: Nomination, unit: str) -> dict[str, str]:
    answers = entry.answers
    row = {c.name: shown(c.name, answers.get(c.name, "")) for c in COLUMNS if c.name not in {NUMBER, RECOMMENDER}}
    own = answers.get("unit_name", "") if entry.route is Route.UNIT else ""
    return {**row, RECOMMENDER: own or unit}


def _deeds_chars(campaign: Campaign) -> int:
    return campaign.path_of(Route.SELF).limits.deeds_chars

"""The 推荐汇总表 of 附件2 as data: which columns it has and what stands in each, for Word and XLSX alike."""

from collections.abc import Mapping
from dataclasses import dataclass

NUMBER, RECOMMENDER = "number", "recommender"
"""Columns that answer no question: 序号 and 推荐单位."""


@dataclass(frozen=True)
class Column:
    """One column. `asked` columns stand there only where somebody asks for them: they identify people."""

    name: str
    label: str
    asked: bool = False


# In the order of the table. Source: 附件2 of the notice; a name is a question's where the column answers one.
COLUMNS: tuple[Column, ...] = (
    Column(NUMBER, "序号"),
    Column(RECOMMENDER, "推荐单位"),
    Column("name", "姓名"),
    Column("sex", "性别"),
    Column("birth_month", "出生年月"),
    Column("ethnicity", "民族"),
    Column("political_status", "政治面貌"),
    Column("id_number", "身份证号", asked=True),
    Column("unit_and_post", "单位及职务"),
    Column("phone", "联系方式", asked=True),
    Column("honours", "主要荣誉"),
    Column("deeds", "主要事迹"),
)
ON_REQUEST = tuple(column.name for column in COLUMNS if column.asked)


@dataclass(frozen=True)
class Roster:
    """One 汇总表.

    Args:
        title: heading, such as 焦作“最美新就业形态劳动者”推荐汇总表.
        unit: who recommends, beside the place of its seal; "" leaves it to be filled in by hand.
        dated: the day in words, such as 2026年11月22日; "" leaves it to be filled in by hand.
        rows: one a person in order: column name → text; what is not there is printed empty. 序号 counts by itself.
        asked: names of `ON_REQUEST` columns to print.
        deeds_chars: how many characters the deeds' heading speaks of.
        first: 序号 of the first row.
    """

    title: str
    unit: str
    dated: str
    rows: tuple[Mapping[str, str], ...]
    asked: frozenset[str] = frozenset()
    deeds_chars: int = 500
    first: int = 1

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are printed."""
        return tuple(column for column in COLUMNS if not column.asked or column.name in self.asked)

    def numbered(self) -> tuple[tuple[str, ...], ...]:
        """The texts of each row, in the order of `columns`."""
        return tuple(
            tuple(str(number) if c.name == NUMBER else row.get(c.name, "") for c in self.columns)
            for number, row in enumerate(self.rows, start=self.first)
        )


def blank_roster(title: str, *, rows: int = 8, deeds_chars: int = 500) -> Roster:
    """The table of 附件2 with nothing in it, to be filled in by hand."""
    return Roster(title=title, unit="", dated="", rows=({},) * rows, deeds_chars=deeds_chars)

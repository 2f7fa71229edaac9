"""The 推荐表 with nothing in it, to look at, to print and to fill in by hand or in Word."""

from h5app.domain.sheet import CELLS, Sheet

# Source: 附件1 of the notice, which prints it into the cell itself.
_ASKED_IN_CELLS = {"unit_and_post": "（填单位全称，具体到工作岗位）"}


def blank_sheet(title: str, *, stamped: bool, deeds_chars: int) -> Sheet:
    """The sheet that prints the grid of 附件1, empty; its photo cell says what belongs there."""
    return Sheet(
        title=title,
        texts={name: _ASKED_IN_CELLS.get(name, "") for name in CELLS},
        portrait=None,
        reference="",
        stamped=stamped,
        unit="",
        deeds_chars=deeds_chars,
    )

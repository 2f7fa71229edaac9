"""A table's cells where its reader sees them: merged ones once, each with the rows and columns it covers."""

from dataclasses import dataclass

from h5app.documents.reading.story import Block, Picture, RawCell, Table, pictures_of, text_of

# No form has more; a made-up file may claim any number.
_COLUMNS_MOST = 64


@dataclass(eq=False)
class Cell:
    """A cell covers rows `row` to before `end_row` and columns `column` to before `end_column`."""

    row: int
    end_row: int
    column: int
    end_column: int
    blocks: tuple[Block, ...]
    _text: str | None = None

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = text_of(self.blocks)
        return self._text

    def take(self, more: tuple[Block, ...], *, end_row: int) -> None:
        """Grow down over a merged cell; what somebody left in it belongs to this one."""
        self.end_row = end_row
        if text_of(more) or any(pictures_of(more)):
            self.blocks += more
            self._text = None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(pictures_of(self.blocks))

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))


class Grid:
    """The cells of one table."""

    def __init__(self, table: Table) -> None:
        self._rows: list[list[Cell]] = []
        for number, raw in enumerate(table.rows):
            above = self._rows[-1] if self._rows else []
            self._rows.append(_row(number, raw.skipped, raw.cells, above))

    @property
    def cells(self) -> list[Cell]:
        """Every cell once, by rows."""
        return [cell for number, row in enumerate(self._rows) for cell in row if cell.row == number]

    def row_of(self, cell: Cell) -> list[Cell]:
        """The cells seen beside one, in the row where it begins."""
        return self._rows[cell.row]

    def right_of(self, cell: Cell) -> list[Cell]:
        row = self._rows[cell.row]
        return row[row.index(cell) + 1 :]

    def below(self, cell: Cell) -> Cell | None:
        """The cell under one that shares most of its columns."""
        if cell.end_row >= len(self._rows):
            return None
        shared = [(_shared(cell, other), -other.column, other) for other in self._rows[cell.end_row]]
        best = max(shared, key=lambda each: each[:2], default=None)
        return best[2] if best and best[0] > 0 else None


def _row(number: int, skipped: int, raw_cells: tuple[RawCell, ...], above: list[Cell]) -> list[Cell]:
    row: list[Cell] = []
    column = min(skipped, _COLUMNS_MOST)
    for raw in raw_cells:
        end = min(column + raw.columns, column + _COLUMNS_MOST)
        upper = next((cell for cell in above if cell.column == column), None) if raw.continues_above else None
        if raw.continues_left and row:
            row[-1].end_column = end
            row[-1].take(raw.blocks, end_row=row[-1].end_row)
        elif upper:
            upper.take(raw.blocks, end_row=number + 1)
            row.append(upper)
        else:
            row.append(Cell(number, number + 1, column, end, raw.blocks))
        column = end
    return row


def _shared(one: Cell, other: Cell) -> int:
    return min(one.end_column, other.end_column) - max(one.column, other.column)

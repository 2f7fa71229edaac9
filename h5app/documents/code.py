"""The 受理编号 as a code for the corner of the 推荐表: what is scanned is the number and nothing else."""

from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_H

from h5app.domain.code import PrintedCode


def reference_code(reference: str) -> PrintedCode:
    """The smallest code at level H, which a seal or a fold may cover by a third: 21 modules for eight characters."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_H, border=0)
    code.add_data(reference)
    rows = code.get_matrix()
    runs = [run for y, row in enumerate(rows) for run in _runs(row, y)]
    return PrintedCode(len(rows), tuple(runs))


def _runs(row: list[bool], y: int) -> list[tuple[int, int, int]]:
    """Dark modules of a row that touch, as one bar: seams between bars would show in some viewers."""
    runs = []
    for dark, columns in groupby(range(len(row)), key=row.__getitem__):
        if dark:
            first, *others = columns
            runs.append((first, y, 1 + len(others)))
    return runs

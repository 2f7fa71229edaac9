import csv
import io

import pytest

from h5app.documents.csv_table import csv_table


def test_a_table_is_read_back_whole_by_a_program_that_looks_for_the_mark():
    data = csv_table(["渠道", "扫码"], [["解放区,快递员", 1200], ['带"引号"的', 0]])

    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["渠道", "扫码"],
        ["解放区,快递员", "1200"],
        ['带"引号"的', "0"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "＝1", " =1", "　@a"])
def test_S10_no_text_begins_as_a_formula_does(name):
    data = csv_table(["渠道"], [[name]])

    (cell,) = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1]
    assert cell.startswith("'") or cell.lstrip(" \u3000")[0] not in "=+-@＝＋－＠\t"


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        csv_table(["渠道", "扫码"], [["解放区"]])

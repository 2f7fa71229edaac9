"""Tables that somebody sent: every kind that office programs write, and what must not hurt the service."""

import base64
import io
import zipfile
import zlib

import pytest
import xlsxwriter

from h5app.documents.reading.sheet import FILE_MOST_MIB, ROWS_MOST, read_sheet
from h5app.domain.errors import UnreadableListError
from h5app.domain.rows import Row

TABLE = (Row(1, ("名称", "编码")), Row(3, ("中通示例站", "3467")))


# The same table in the format of Excel 97, which nothing installed here writes: made by xlwt 1.3, deflated, base85.
XLS = (
    "c-rk)O=wd=5dQWxX?{r3mzowDp@fQ6YZXKg5$aPxdoot7C?aTTbC8x)f(O%st=61GD0ou56ngPe_2LhD(2IBwDtZtFA<?531qBano->num}(CV"
    "XsNPa*l*{}%)Xtxot^jdayDL?x|=NH7wkj>DsBjkH9AEt<Q>=`yX&&(^+9T`!9RsikQTDhk4MoL0bWC1?=mdh@jWF5K2SS>vq+ERvZ-an9*H5N"
    "IEEf#g`1>_p-rM{7CtS!O8B;TJ{I03nybP+<Xck5G3%tew(BfDW_5@y20rh78S_pwThM~%oW*04s_N^<?);g|@X9o_`y!YIty^z4m(6E}OGwZH"
    "PUD-K0={}X^-0R;mshVq`tJ+%fkpJ!EFUlq_mm`f5fMCVV2h=q{YMVZVGa0@8`-1%p9|Erj;Zs0s7>kQ<c`9X18+yeT$N=P+Y5GaRI)olJcuTd"
    "<C5bx)#<rgUtaAW=yOhrW?U+FwZ5<Akl^AXkD$RZu}D<n+a<hF_>!D;wa7`~1Z5`moqa7@*f$|Qm&Mvi^K2EocGlI%>q#ztI{2Wy_|e%w@=R}e"
    "G%@qWnL-EMZw6^R|0d9_y48*AjE9cbD_slT3%C7N7lM|pV|VpUtO@f7ix?NK9`V&t+TU8l-x7c33szWP&CT2BK4~@M9;>P9{6rWA1_lNO1_lNO"
    "1}hOtKiBgUK0o>U_1i;0f7h9(RxzJR{#zWv2>s5{i|JnEsL!KNSN^oZue@`qC64jF7c!30?0F1fK;jsxJAdizPu2dPB@eX!+!m^L{z^S@{^j|9"
    "0Pl;zyZ"
)


def xlsx(write):
    """A workbook as XlsxWriter makes it of what `write` puts on its first sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        write(book.add_worksheet(), book)
    return target.getvalue()


def filled(sheet, _book):
    sheet.write_row(0, 0, ["名称", "编码"])
    sheet.write_row(2, 0, ["中通示例站", 3467])


def ods(content):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            '<?xml version="1.0"?><office:document-content'
            ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="a">{content}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return target.getvalue()


def ods_cell(text, repeated=1):
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("between", [",", "\t", ";", "，"])
def test_a_csv_reads_alike_however_it_was_saved(encoding, between):
    text = f"名称{between}编码\r\n\r\n中通示例站{between}3467\r\n"

    assert read_sheet(text.encode(encoding)) == TABLE


def test_a_title_above_the_headings_does_not_tell_what_parts_the_cells():
    text = "焦作市，海报名单\n名称;地区\n甲,乙;温县\n"

    assert [row.cells for row in read_sheet(text.encode())] == [
        ("焦作市，海报名单",),
        ("名称", "地区"),
        ("甲,乙", "温县"),
    ]


def test_a_quoted_cell_keeps_its_commas_and_lines():
    assert read_sheet('名称,编码\n"甲,\n乙",'.encode()) == (Row(1, ("名称", "编码")), Row(2, ("甲,\n乙", "")))


def test_a_workbook_reads_as_its_first_filled_sheet_that_can_be_seen():
    def three(sheet, book):
        hidden, shown = book.add_worksheet(), book.add_worksheet()
        hidden.write_string(0, 0, "看不见的")
        hidden.hide()
        filled(shown, book)
        assert sheet.name == "Sheet1"

    assert read_sheet(xlsx(filled)) == TABLE
    assert read_sheet(xlsx(three)) == TABLE


def test_a_workbook_of_excel_97_reads_as_the_same():
    assert read_sheet(zlib.decompress(base64.b85decode(XLS))) == TABLE


def test_an_ods_reads_as_the_same():
    content = (
        f"<table:table-row>{ods_cell('名称')}{ods_cell('编码')}</table:table-row><table:table-row/>"
        f"<table:table-row>{ods_cell('中通示例站')}{ods_cell('3467')}</table:table-row>"
    )

    assert read_sheet(ods(content)) == TABLE


def test_a_formula_is_what_it_had_come_to_and_is_not_worked_out():
    def formula(sheet, _book):
        sheet.write_formula(0, 0, '=WEBSERVICE("http://example.org")', None, "甲站")
        sheet.write_formula(1, 0, "=1+1", None, 7)

    assert read_sheet(xlsx(formula)) == (Row(1, ("甲站",)), Row(2, ("7",)))


def test_a_sheet_that_says_it_is_huge_ends_a_child_and_not_the_service():
    def corners(sheet, _book):
        sheet.write_string(0, 0, "名称")
        sheet.write_string(1_048_575, 16_383, "x")

    rows = f'<table:table-row table:number-rows-repeated="1048576">{ods_cell("x", repeated=16384)}</table:table-row>'

    with pytest.raises(UnreadableListError, match="这个表格太大"):
        read_sheet(xlsx(corners))
    with pytest.raises(UnreadableListError, match="请用 Excel 或 WPS 打开"):
        read_sheet(ods(rows))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "没有字"),
        (b"\n , \n", "没有字"),
        (b"%PDF-1.7", "这是PDF 文件"),
        (b"PK\x03\x04 no archive", "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no workbook", "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        (b"a\0b", "认不出来"),
        (b"\x80\xff" * 4, "认不出来"),
    ],
)
def test_what_is_no_table_is_told_what_to_do(data, sentence):
    with pytest.raises(UnreadableListError, match=sentence):
        read_sheet(data)


def test_too_many_rows_or_bytes_are_told_in_a_sentence():
    assert len(read_sheet(("甲\n" * ROWS_MOST).encode())) == ROWS_MOST

    with pytest.raises(UnreadableListError, match=f"一次最多 {ROWS_MOST} 行"):
        read_sheet(("甲\n" * (ROWS_MOST + 1)).encode())
    with pytest.raises(UnreadableListError, match=f"一次最多 {ROWS_MOST} 行"):
        read_sheet(xlsx(lambda sheet, _book: [sheet.write_string(row, 0, "甲") for row in range(ROWS_MOST + 1)]))
    with pytest.raises(UnreadableListError, match=f"超过 {FILE_MOST_MIB} MB"):
        read_sheet(b"x" * (FILE_MOST_MIB * 1024 * 1024 + 1))

import pytest

from h5app.documents import plan as grid
from h5app.documents.plan import breakable, label_lines, line_count, plan, unit_line
from h5app.domain.sheet import CELLS

SENTENCE = "他把每一单都当成一次承诺，风里来雨里去，八年如一日奔走在焦作的大街小巷，累计配送十二万余单。"


def prose(letters: int) -> str:
    return (SENTENCE * 30)[:letters]


def test_the_answers_stand_in_the_order_of_the_form():
    assert list(grid.ANSWERS) == list(CELLS)


def test_every_label_begins_as_it_is_named():
    assert [("".join(label_lines(name, deeds_chars=500))).startswith(CELLS[name]) for name in CELLS] == [True] * len(
        CELLS
    )


def test_each_row_fills_the_width_and_the_first_three_leave_the_portrait_its_column():
    width = len(grid.COLUMNS_MM)
    ends = [row.cells[-1].end for row in grid.SHORT_ROWS]

    assert ends == [width - 1] * grid.PORTRAIT_ROWS + [width] * 2
    assert [cell.end for cell in grid.BODY_CELLS] == [width] * 2


def test_the_grid_fills_the_page_between_its_margins():
    assert sum(grid.COLUMNS_MM) == grid.PAGE_WIDTH_MM - 2 * grid.MARGIN_X_MM


def test_the_portrait_fits_its_cell():
    assert grid.COLUMNS_MM[-1] >= grid.PORTRAIT_WIDTH_MM + 2
    assert sum(row.least_mm for row in grid.SHORT_ROWS[: grid.PORTRAIT_ROWS]) >= grid.PORTRAIT_HEIGHT_MM + 2


def test_an_ordinary_sheet_is_printed_in_12_points(make_sheet):
    planned = plan(make_sheet(deeds=prose(500)))

    assert set(planned.sizes_pt.values()) == {12.0}
    assert planned.title_pt == 22.0
    assert not planned.continues


@pytest.mark.parametrize(("letters", "size"), [(500, 12.0), (600, 11.5), (700, 10.5), (800, 10.0)])
def test_longer_deeds_are_printed_smaller(make_sheet, letters, size):
    planned = plan(make_sheet(deeds=prose(letters)))
    assert (planned.sizes_pt["deeds"], planned.continues) == (size, False)


def test_honours_and_deeds_share_what_is_left_of_the_page(make_sheet):
    few, many = plan(make_sheet(honours="无")), plan(make_sheet(honours="\n".join(["焦作市最美快递员"] * 6)))

    assert many.honours_row_mm > few.honours_row_mm
    assert many.honours_row_mm + many.deeds_row_mm == pytest.approx(few.honours_row_mm + few.deeds_row_mm)


def test_what_9_points_cannot_hold_runs_on_to_another_page(make_sheet):
    planned = plan(make_sheet(deeds=prose(1400)))
    assert (planned.sizes_pt["deeds"], planned.continues) == (grid.CONTINUED_PT, True)


def test_a_long_name_is_made_smaller_rather_than_broken(make_sheet):
    planned = plan(make_sheet(name="阿卜杜拉·买买提"))

    size = planned.sizes_pt["name"]
    assert size < 12
    assert line_count("阿卜杜拉·买买提", width_em=grid.text_width_mm("name") / (size * grid.PT_MM)) == 1


def test_a_short_answer_may_take_two_lines_before_it_is_made_smaller(make_sheet):
    assert (
        plan(make_sheet(unit_and_post="焦作市顺达速运有限公司解放区塔南路营业部站长")).sizes_pt["unit_and_post"] == 12
    )


def test_a_typed_indent_is_not_added_to_the_drawn_one(make_sheet):
    assert plan(make_sheet(deeds="　　第一段\n\n  第二段 \n")).texts["deeds"] == "第一段\n\n第二段"


def test_a_closing_mark_does_not_begin_a_line():
    assert [line_count(text, width_em=4) for text in ("一二三四", "一二三四。", "一二三四。五六", "一二\n三")] == [
        1,
        2,
        2,
        2,
    ]


def test_latin_stays_whole_and_is_broken_only_where_it_must_be():
    assert line_count("一二三abcdef", width_em=5) == 2
    assert line_count("a" * 100, width_em=5) == 14


def test_only_a_run_wider_than_the_column_may_break_anywhere():
    assert breakable("410811199012120017", width_em=10) == "410811199012120017"
    assert breakable("一" * 30, width_em=10) == "一" * 30
    assert breakable("见 " + "x" * 20, width_em=10) == "见 " + "\u200b".join("x" * 20)


def test_the_label_of_the_deeds_asks_for_the_length_that_the_path_sets():
    assert label_lines("deeds", deeds_chars=2000) == ("主要事迹", "（2000字）")


def test_the_unit_line_names_a_known_unit_and_leaves_room_for_a_seal_only_where_one_is_asked_for(make_sheet):
    lines = [
        unit_line(make_sheet(unit=unit, stamped=stamped)) for unit in ("", "某某公司") for stamped in (False, True)
    ]

    assert lines == ["推荐单位：", "推荐单位：（盖章）", "推荐单位：某某公司", "推荐单位：某某公司（盖章）"]

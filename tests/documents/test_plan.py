import pytest

from h5app.documents import plan as grid
from h5app.documents.plan import CONTINUED_MARK, label_lines, plan, unit_line
from h5app.documents.wrapping import line_count
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


def whole(planned, name: str) -> str:
    """The answer put together again, as a reader of the form does."""
    part = next(part for part in planned.continued if part.name == name)
    return planned.texts[name] + ("" if part.within_line else "\n") + part.text


LONG = {
    "prose": prose(1400),
    "paragraphs": "\n".join([prose(150)] * 12),
    "many short lines": "\n".join(f"第{number}件事：雨夜送药。" for number in range(60)),
    "one long word": "w" * 5000,
    "english": "He keeps every promise he makes on the road. " * 80,
    "blank lines between": "\n\n".join([prose(100)] * 20),
    "no marks at all": "事" * 5000,
    "joined pictures": "👨\u200d👩\u200d👧" * 700,
}


@pytest.mark.parametrize("kind", LONG)
def test_what_9_points_cannot_hold_goes_on_on_another_page_and_nothing_is_lost(make_sheet, kind):
    planned = plan(make_sheet(deeds=LONG[kind]))

    assert [part.name for part in planned.continued] == ["deeds"]
    assert planned.sizes_pt["deeds"] == grid.CONTINUED_PT
    assert whole(planned, "deeds") == LONG[kind].strip()
    assert planned.shown("deeds").endswith(CONTINUED_MARK)


def test_the_form_is_parted_at_the_end_of_a_line_or_of_a_sentence(make_sheet):
    lines, sentences = (plan(make_sheet(deeds=LONG[kind])).continued[0] for kind in ("many short lines", "prose"))

    assert (lines.within_line, lines.text[:1]) == (False, "第")
    assert (sentences.within_line, sentences.text[:2]) == (True, "他把")


def test_honours_and_deeds_may_both_go_on_and_the_mark_of_a_line_has_a_line(make_sheet):
    honours = "\n".join(f"{year}年 焦作市“最美快递员”" for year in range(1980, 2026))
    planned = plan(make_sheet(honours=honours, deeds=prose(2000)))

    assert [part.heading for part in planned.continued] == ["附页（续 曾获主要荣誉）", "附页（续 主要事迹）"]
    assert (whole(planned, "honours"), whole(planned, "deeds")) == (honours, prose(2000))
    assert planned.shown("honours") == planned.texts["honours"] + "\n（下转附页）"
    assert planned.shown("deeds") == planned.texts["deeds"] + "（下转附页）"


def test_short_honours_leave_their_room_to_long_deeds(make_sheet):
    short, long = (plan(make_sheet(honours=text, deeds=prose(2000))) for text in ("无", "\n".join("一二三四五六")))

    assert short.honours_row_mm == grid.HONOURS_ROW_MM < long.honours_row_mm
    assert len(short.texts["deeds"]) > len(long.texts["deeds"])


@pytest.mark.parametrize("name", CELLS)
def test_any_answer_however_long_leaves_the_form_on_its_page(make_sheet, name):
    planned = plan(
        make_sheet(**{name: "长" * 10_000, "deeds": prose(800)} if name != "deeds" else {name: "长" * 10_000})
    )

    assert whole(planned, name) == "长" * 10_000
    assert planned.deeds_row_mm + planned.honours_row_mm >= 60


def test_a_long_name_of_the_unit_takes_lines_from_the_deeds(make_sheet):
    one, two = (plan(make_sheet(unit=unit)) for unit in ("某某公司", "某" * 60))
    assert one.deeds_row_mm - two.deeds_row_mm == pytest.approx(12 * 1.25 * grid.PT_MM)


def test_a_long_name_is_made_smaller_rather_than_broken(make_sheet):
    planned = plan(make_sheet(name="阿卜杜拉·买买提"))

    size = planned.sizes_pt["name"]
    assert size < 12
    assert line_count("阿卜杜拉·买买提", width_em=grid.text_width_mm("name") / (size * grid.PT_MM)) == 1


def test_a_short_answer_may_take_two_lines_before_it_is_made_smaller(make_sheet):
    assert (
        plan(make_sheet(unit_and_post="焦作市顺达速运有限公司解放区塔南路营业部站长")).sizes_pt["unit_and_post"] == 12
    )


@pytest.mark.parametrize(("text", "size_pt"), [("无党派人士", 12.0), ("中共预备党员", 11.0), ("未定级的维修工", 12.0)])
def test_one_character_too_many_is_no_second_line_but_slightly_smaller(make_sheet, text, size_pt):
    assert plan(make_sheet(political_status=text)).sizes_pt["political_status"] == size_pt


def test_a_typed_indent_is_not_added_to_the_drawn_one(make_sheet):
    assert plan(make_sheet(deeds="　　第一段\n\n  第二段 \n")).texts["deeds"] == "第一段\n\n第二段"


def test_the_label_of_the_deeds_asks_for_the_length_that_the_path_sets():
    assert label_lines("deeds", deeds_chars=2000) == ("主要事迹", "（2000字）")


def test_the_unit_line_names_a_known_unit_and_leaves_room_for_a_seal_only_where_one_is_asked_for(make_sheet):
    lines = [
        unit_line(make_sheet(unit=unit, stamped=stamped)) for unit in ("", "某某公司") for stamped in (False, True)
    ]

    assert lines == [
        "推荐单位：",
        "推荐单位：　　　　　　　　　（盖章）",
        "推荐单位：某某公司",
        "推荐单位：某某公司（盖章）",
    ]

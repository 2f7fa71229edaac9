"""Every part of the bench runs, tiny; what it measures is the bench's own business."""

import pytest

from bench import documents, journeys, memory, packages, pages, photos, posters, scans, storage
from bench.figures import Figure, medians_s
from bench.load import request
from bench.serving import settings_in


def test_a_figure_says_its_limit_and_whether_it_is_kept():
    slow = Figure("paper, PDF form", 31.25, "ms", limit=25)
    rare = Figure("pages, hello-world", 1234.5, "/s", limit=1000, least=True)

    assert (str(slow), slow.kept) == ("paper, PDF form: 31.2 ms (limit ≤ 25 ms) BROKEN", False)
    assert (str(rare), rare.kept) == ("pages, hello-world: 1234 /s (limit ≥ 1000 /s)", True)
    assert Figure("poster, first PDF", 60.0, "ms").kept


def test_medians_come_from_rounds_in_turns_after_a_warm_one():
    order = []

    found = medians_s(lambda: order.append("a"), lambda: order.append("b"), rounds=2)

    assert order == ["a", "b", "a", "b", "a", "b"]
    assert len(found) == 2


def test_a_request_with_a_form_is_a_post_of_its_length():
    assert request("/x", cookies="a=b", form=b"c=d") == (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: a=b\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nc=d"
    )


def test_a_measured_service_keeps_its_data_in_its_own_folder(tmp_path):
    env = settings_in(tmp_path)

    assert all(path.startswith(str(tmp_path)) for path in env.values())
    assert (tmp_path / "data" / "h5app.sqlite").exists()


@pytest.mark.parametrize(
    ("part", "small", "held"),
    [
        (pages, {"rounds": 1, "round_s": 0.2}, 1),
        (scans, {"rounds": 1, "round_s": 0.3, "locked_s": 0.3}, 4),
        (journeys, {"rounds": 1, "round_s": 0.5}, 1),
        (memory, {"load_s": 1.0}, 2),
        (photos, {"rounds": 1}, 3),
        (documents, {"rounds": 1, "table_rows": 10}, 5),
        (packages, {"packages": 2, "entries": 2, "rounds": 1}, 3),
        (posters, {"pdf_rounds": 1, "png_rounds": 1, "channels": 3}, 5),
        (storage, {"round_s": 0.1}, 3),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_part_prints_positive_figures_beside_their_limits(part, small, held, capfd):
    figures = part.main(**small)

    assert all(figure.value > 0 for figure in figures)
    assert len([figure for figure in figures if figure.limit is not None]) == held
    printed = capfd.readouterr().out.splitlines()
    assert printed == [str(figure) for figure in figures]

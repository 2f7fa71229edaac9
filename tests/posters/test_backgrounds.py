import runpy
from pathlib import Path

BACKGROUNDS = Path(__file__).parents[2] / "qr" / "assets" / "backgrounds"


def test_the_kept_road_is_what_its_script_draws():
    draw = runpy.run_path(str(BACKGROUNDS / "road.py"))["drawing"]

    assert draw() == (BACKGROUNDS / "road.svg").read_text(encoding="ascii")

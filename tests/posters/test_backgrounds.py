import re
import runpy
from pathlib import Path

import pytest

BACKGROUNDS = Path(__file__).parents[2] / "qr" / "assets" / "backgrounds"
SCRIPT = runpy.run_path(str(BACKGROUNDS / "road.py"))


@pytest.mark.parametrize("name", SCRIPT["ROADS"])
def test_the_kept_road_is_what_its_script_draws(name):
    assert SCRIPT["drawing"](name) == (BACKGROUNDS / f"{name}.svg").read_text(encoding="ascii")


def test_the_steps_of_the_a3_stand_on_its_road():
    template = (BACKGROUNDS.parents[2] / "templates" / "posters" / "a3.typ").read_text(encoding="utf-8")
    (points,) = re.findall(r"^#let road = (.*)$", template, re.MULTILINE)
    curve = SCRIPT["ROADS"]["road-a3"].curve

    assert [float(at) for at in re.findall(r"(-?[\d.]+)mm", points)] == [at for point in curve for at in point]

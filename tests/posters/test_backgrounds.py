import runpy
from pathlib import Path

import pytest

BACKGROUNDS = Path(__file__).parents[2] / "qr" / "assets" / "backgrounds"
SCRIPT = runpy.run_path(str(BACKGROUNDS / "road.py"))


@pytest.mark.parametrize("name", SCRIPT["ROADS"])
def test_the_kept_road_is_what_its_script_draws(name):
    assert SCRIPT["drawing"](name) == (BACKGROUNDS / f"{name}.svg").read_text(encoding="ascii")

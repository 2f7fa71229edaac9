"""Sheets, pictures and the programs that open what was made."""

import io
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from h5app.documents.stationery import Stationery
from h5app.domain.sheet import Sheet
from h5app.wiring import RARE_FONTS

TEXTS = {
    "name": "李建国",
    "sex": "男",
    "birth_month": "1990年12月",
    "native_place": "河南省焦作市修武县",
    "ethnicity": "汉族",
    "political_status": "中共党员",
    "id_number": "410811199012120017",
    "unit_and_post": "焦作市顺达速运有限公司解放区塔南路营业部，快递员",
    "education": "大学专科",
    "professional_title": "无",
    "skill_level": "快递员三级（高级工）",
    "phone": "13800001234",
    "honours": "2022年 焦作市“五一劳动奖章”\n2023年 河南省“最美快递员”提名",
    "deeds": "他把每一单都当成一次承诺。\n累计配送12万单，无一差评。",
}
TITLE = "焦作“最美新就业形态劳动者”推荐表"
RED, BLUE = (220, 20, 20), (20, 20, 220)


def jpeg(width: int, height: int, colour: tuple[int, int, int] = RED, *, edges: int = 0) -> bytes:
    """Draw one colour, with `edges` blue pixels at each end of the longer side."""
    image = Image.new("RGB", (width, height), BLUE if edges else colour)
    if edges:
        wide = width > height
        inner = (width - 2 * edges, height) if wide else (width, height - 2 * edges)
        image.paste(colour, (edges, 0, edges + inner[0], inner[1]) if wide else (0, edges, inner[0], edges + inner[1]))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=95, subsampling=0)
    return stream.getvalue()


@pytest.fixture(scope="session")
def make_jpeg() -> Callable[..., bytes]:
    return jpeg


@pytest.fixture(scope="session")
def make_sheet() -> Callable[..., Sheet]:
    """Make a filled sheet; keywords replace answers or, where a sheet has such a field, that field."""
    base = Sheet(
        title=TITLE, texts=TEXTS, portrait=jpeg(295, 413), reference="8PK4W2QM", stamped=False, unit="", deeds_chars=500
    )

    def make(**changes: object) -> Sheet:
        fields = {
            key: changes.pop(key)
            for key in ("title", "portrait", "reference", "stamped", "unit", "deeds_chars", "code")
            if key in changes
        }
        return replace(base, texts=TEXTS | changes, **fields)

    return make


@pytest.fixture
def page_image(tmp_path) -> Callable[[bytes], Image.Image]:
    """Render the first page at 254 dpi: ten pixels a millimetre."""

    def render(pdf: bytes) -> Image.Image:
        path = tmp_path / "page.pdf"
        path.write_bytes(pdf)
        command = ["pdftoppm", "-r", "254", "-png", "-singlefile", "-f", "1", path, tmp_path / "page"]
        subprocess.run(command, check=True, capture_output=True)
        with Image.open(tmp_path / "page.png") as image:
            return image.convert("RGB")

    return render


@pytest.fixture(scope="session")
def rare_fonts() -> tuple[Path, ...]:
    """Debian's fonts of rare characters: BabelStone Han, Hanazono B, Symbola."""
    if missing := [path for path in RARE_FONTS if not path.exists()]:
        sentence = f"{missing[0]} is missing: apt-get install fonts-babelstone-han fonts-hanazono fonts-symbola"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return RARE_FONTS


@pytest.fixture
def stationery(rare_fonts) -> Stationery:
    """What a machine with them prints with."""
    return Stationery(rare_fonts=rare_fonts)

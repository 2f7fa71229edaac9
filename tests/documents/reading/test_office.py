"""Forms that LibreOffice has opened and saved, in its formats and in Word's old one."""

import subprocess
import time

import psutil
import pytest

from h5app.documents import recommendation_docx
from h5app.documents.reading import read_form
from h5app.documents.reading.office import to_docx
from tests.documents.conftest import jpeg
from tests.documents.reading.word_forms import FILLED, notice_form, saved

pytestmark = pytest.mark.office

RARE = {"name": "䶮𠮷·买买提", "honours": "2022年 一\n\n2023年 二", "deeds": "第一行 A & B\n第二行𰻞\n\n第四行"}


@pytest.fixture(scope="module")
def forms(make_sheet) -> dict[str, bytes]:
    """Our own form, one with a 附页, and 附件1 made by hand."""
    long = "\n".join(f"第{number}件事：雨夜送药，2023年获评“最美快递员”。" for number in range(60))
    return {
        "own": recommendation_docx(make_sheet(**RARE)),
        "long": recommendation_docx(make_sheet(deeds=long, honours="荣誉" * 300, portrait=None)),
        "hand": saved(notice_form(portrait=jpeg(250, 350))),
    }


@pytest.fixture(scope="module")
def converted(forms, office) -> dict[str, bytes]:
    """Each form in each way round: saved as .docx, by way of .odt, by way of .doc."""
    folder = office.folder / "reading"
    folder.mkdir()
    for name, data in forms.items():
        (folder / f"{name}.docx").write_bytes(data)
    sources = [folder / f"{name}.docx" for name in forms]
    convert(office, "doc:MS Word 97", sources)
    convert(office, "odt", sources)
    for name in forms:
        (folder / f"{name}.odt").rename(folder / f"{name}-odt.odt")
    convert(office, "docx:MS Word 2007 XML", [*sources, *folder.glob("*.odt")], to=folder / "again")
    old = to_docx({name: (folder / f"{name}.doc").read_bytes() for name in forms})
    again = {path.stem: path.read_bytes() for path in (folder / "again").glob("*.docx")}
    return {f"{name}-docx": again[name] for name in forms} | again | {f"{name}-doc": old[name] for name in forms}


def convert(office, kind, sources, *, to=None):
    profile = f"-env:UserInstallation=file://{office.folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", to or sources[0].parent, *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("way", ["docx", "odt", "doc"])
@pytest.mark.parametrize("name", ["own", "long", "hand"])
def test_a_form_says_the_same_after_libreoffice_has_saved_it(forms, converted, name, way):
    before, after = read_form(forms[name]), read_form(converted[f"{name}-{way}"])

    assert after.texts == before.texts
    assert (after.portrait is None, after.others, after.notes) == (before.portrait is None, before.others, ())


def test_a_portrait_comes_through_libreoffice_as_it_was(converted):
    assert {read_form(converted[f"hand-{way}"]).portrait.data for way in ("docx", "odt", "doc")} == {jpeg(250, 350)}
    assert read_form(converted["hand-doc"]).texts == FILLED


def test_what_cannot_be_converted_is_left_out_and_the_rest_is_there():
    empty = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)

    assert to_docx({"rtf": rb"{\rtf1 x}", "empty": empty}).keys() == {"rtf"}


def test_a_conversion_that_takes_too_long_is_ended_with_all_its_children():
    begun = time.monotonic()

    assert to_docx({"a": rb"{\rtf1 a}"}, limit_s=0.3) == {}
    assert time.monotonic() - begun < 10
    running = [
        each for each in psutil.process_iter(["cmdline"]) if "h5app-word-" in " ".join(each.info["cmdline"] or ())
    ]
    assert [each for each in running if each.status() != psutil.STATUS_ZOMBIE] == []


def test_nothing_to_convert_starts_nothing():
    assert to_docx({}) == {}

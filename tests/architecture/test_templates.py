"""Promises about what people see: templates, campaign file, posters, printed forms."""

import re

import pytest

from h5app.settings import PROJECT

TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
SCREEN = [path for path in TEMPLATES if "documents" not in path.parts]
WORDS = [
    *TEMPLATES,
    *sorted((PROJECT / "templates").rglob("*.typ")),
    PROJECT / "campaign.toml",
    PROJECT / "qr" / "posters.toml",
    *sorted((PROJECT / "h5app").rglob("*.py")),
    *sorted((PROJECT / "static" / "build").glob("*.js")),
]


def name(path):
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("path", WORDS, ids=name)
def test_no_word_that_needs_a_permit_is_used(path):
    assert re.findall("评选表彰|评比|评选活动", path.read_text(encoding="utf-8")) == []


# Sentences about one man, made up as examples of what somebody wrote.
STORIES = {"campaign.toml": 1, "h5app/services/demonstrating.py": 1}


def words_of(path):
    """What somebody may read of a file: of code without what explains it."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r'""".*?"""', "", text, flags=re.DOTALL) if path.suffix == ".py" else text


@pytest.mark.parametrize("path", WORDS, ids=name)
def test_whoever_is_nominated_may_be_a_woman(path):
    only_he_or_she = re.findall("(?<!其)他(?!人|们|（她）)|(?<!（)她", words_of(path))

    assert len(only_he_or_she) == STORIES.get(name(path), 0)


# A letter has no policy of ours, and mail programs drop what stands in its head.
@pytest.mark.parametrize("path", [path for path in SCREEN if "mail" not in path.parts], ids=name)
def test_S14_no_template_holds_script_style_or_handlers_of_its_own(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert re.findall(r"<style\b|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son\w+\s*=|javascript:", text) == []


@pytest.mark.parametrize("path", [path for path in SCREEN if "components" not in path.parts], ids=name)
def test_what_many_pages_have_is_drawn_by_a_component(path):
    assert re.findall(r'class="(?:head|kept|summary)\b', path.read_text(encoding="utf-8")) == (
        # Its list leads to other pages, and says it in other words.
        ['class="summary'] if path.name == "check.html" else []
    )


@pytest.mark.parametrize("path", SCREEN, ids=name)
def test_S14_nothing_typed_is_drawn_without_escaping(path):
    unescaped = re.findall(r"\{\{[^}]*\|\s*safe\b|autoescape\s+false|Markup\(", path.read_text(encoding="utf-8"))

    # Icons are drawn from a table in their own file.
    assert unescaped == (["{{ drawings[name] | safe"] if path.name == "icon.html" else [])


@pytest.mark.parametrize("path", SCREEN, ids=name)
def test_nothing_is_fetched_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"(?:src|srcset|action)=\"(?:https?:)?//", text) == []
    assert set(re.findall(r"href=\"(https?://[^/\"]+)", text)) <= {
        "https://beian.miit.gov.cn",
        "https://beian.mps.gov.cn",
    }


@pytest.mark.parametrize("path", SCREEN, ids=name)
def test_S15_every_form_that_posts_carries_a_token(path):
    text = path.read_text(encoding="utf-8")

    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert "csrf_token" in form


def test_S28_the_phones_script_keeps_nothing_on_the_phone():
    script = (PROJECT / "static" / "js" / "app.js").read_text(encoding="utf-8")

    assert re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie|eval\(|new Function", script) == []

"""Promises about the code itself: who imports whom, and what stands only in its own place."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from h5app.settings import PROJECT

CODE = PROJECT / "h5app"
MODULES = sorted(CODE.rglob("*.py"))
# Where the clock may be read: at the edges, which hand `now` down.
EDGES = ("web/", "cli/", "wiring.py")


def name(path):
    return path.relative_to(CODE).as_posix()


def calls(path):
    """Every dotted call and attribute of a module, as written."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Call)]


def texts(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_the_layers_hold():
    # In a process of its own: import-linter switches off the loggers of the one it runs in.
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_SQL_stands_in_storage_only():
    statement = re.compile(
        r"^\s*(SELECT\s.*\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b", re.DOTALL
    )

    found = {name(path) for path in MODULES if any(statement.search(text) for text in texts(path))}

    assert {place.split("/")[0] for place in found} == {"storage"}


def test_the_environment_is_read_in_settings_only():
    readers = {
        name(path)
        for path in MODULES
        if any(re.match(r"os\.(environ|getenv)\b", call) for call in calls(path))
        and not all(call.startswith("os.environ[") for call in calls(path) if call.startswith("os.environ"))
    }

    # The runner hands PORT and PATH on to the programs that it becomes.
    assert readers - {"cli/serving.py"} == {"settings.py"}


def test_the_clock_is_read_at_the_edges_only():
    clock = re.compile(r"(datetime\.(now|today|utcnow)|date\.today|time\.time)\(")

    found = {name(path) for path in MODULES if any(clock.match(call) for call in calls(path))}

    assert found
    assert not [place for place in found if not place.startswith(EDGES)]


def test_no_module_is_a_drawer_for_anything():
    drawers = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}

    assert not [name(path) for path in MODULES if drawers & {path.stem, *path.relative_to(CODE).parts[:-1]}]


def test_every_module_opens_with_what_it_is_for():
    assert [name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_nothing_is_left_undone():
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")

    assert [name(path) for path in MODULES if marks.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("place", ["domain", "services", "documents", "posters", "photos", "mail", "wechat", "storage"])
def test_below_the_web_nothing_knows_flask(place):
    imports = re.compile(r"^\s*(from|import) (flask|werkzeug|wtforms)", re.MULTILINE)

    assert [name(p) for p in MODULES if name(p).startswith(f"{place}/") and imports.search(p.read_text("utf-8"))] == []


def test_messages_are_sentences_for_people():
    unkind = re.compile("非法|系统异常|错误代码|无效的?参数|操作失败")

    assert [name(path) for path in MODULES if any(unkind.search(text) for text in texts(path))] == []

"""What the service says when it cannot start, from the outside: one sentence and no traceback."""

import os
import subprocess
import sys

import pytest

from h5app.settings import PROJECT


def start(tmp_path, **env):
    paths = {"H5APP_DATA_DIR": str(tmp_path / "data"), "H5APP_KEYS_DIR": str(tmp_path / "keys")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("H5APP_") and name != "PORT"}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=PROJECT,
        env=kept | paths | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_with_nothing_set_it_starts(tmp_path):
    done = start(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"PORT": "http"}, "PORT 应是 1 到 65535 之间的数字，现在是“http”，请改正"),
        ({"H5APP_DATA_DIR": "{tmp}/file"}, "目录 {tmp}/file 写不进去，请改它的权限，或把 H5APP_DATA_DIR 换成别的目录"),
        (
            {"H5APP_KEYS_DIR": "{tmp}/data/keys"},
            "H5APP_KEYS_DIR 不能放在 H5APP_DATA_DIR 里面，否则备份被偷就等于钥匙被偷，请换一个目录",
        ),
        ({"H5APP_CAMPAIGN": "{tmp}/campaign.toml"}, "campaign.toml 第 2 行：缺少 title，请补上。改好后再启动"),
    ],
)
def test_what_keeps_it_from_starting_is_one_sentence(tmp_path, env, sentence):
    (tmp_path / "file").write_text("")
    (tmp_path / "campaign.toml").write_text('# short\nzone = "Asia/Shanghai"\n')

    done = start(tmp_path, **{name: value.format(tmp=tmp_path) for name, value in env.items()})

    assert done.returncode == 1
    if "H5APP_CAMPAIGN" in env:
        assert done.stderr.startswith("不能启动：campaign.toml 第 ")
        assert len(done.stderr.splitlines()) == 1
    else:
        assert done.stderr == f"不能启动：{sentence.format(tmp=tmp_path)}\n"

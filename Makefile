# `make test` checks all but what is marked slow; `make demo` shows the picker at work.
PYTHON ?= python3
VENV := .venv

.PHONY: test demo docs

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

# The site, in docs/_build/html.
docs: $(VENV)/docs-installed
	$(VENV)/bin/python -m sphinx -W --keep-going -b html docs docs/_build/html

$(VENV)/docs-installed: $(VENV)/installed
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable ".[docs]"
	touch $@

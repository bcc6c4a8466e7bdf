"""Every public object is documented as its signature says, with an example."""

import inspect
from importlib import import_module

import pytest
from numpydoc.validate import validate

import pusklearn
from pusklearn import criteria, datasets, io, metrics, modules

PUBLIC = sorted(
    {
        f"{module.__name__}.{name}"
        for module in (pusklearn, criteria, datasets, io, metrics, modules)
        for name in module.__all__
        if not inspect.ismodule(getattr(module, name))
    }
)
# Parameters that are missing, unknown, in another order or without a description or
# a type; a missing summary; a return value without a description.
ERRORS = {"GL08", "PR01", "PR02", "PR03", "PR04", "PR07", "SS01", "RT03"}
BASES = {"pusklearn.criteria.Criterion", "pusklearn.modules.Architecture"}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_docstring_agrees_with_the_signature(name):
    errors = [text for code, text in validate(name)["errors"] if code in ERRORS]
    assert not errors


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - BASES))
def test_there_is_an_example(name):
    module, _, attribute = name.rpartition(".")
    thing = getattr(import_module(module), attribute)
    assert ">>> " in inspect.getdoc(thing)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_methods_are_documented(name):
    module, _, attribute = name.rpartition(".")
    thing = getattr(import_module(module), attribute)
    for method, member in inspect.getmembers(thing, inspect.isfunction):
        if method.startswith("_") or not member.__module__.startswith("pusklearn"):
            continue
        found = validate(f"{name}.{method}")["errors"]
        assert not [text for code, text in found if code in ERRORS - {"PR01"}], method

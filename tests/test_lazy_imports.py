"""What is loaded when, each asked in a process of its own."""

import json
import pydoc
import subprocess
import sys

import pytest

import pusklearn

FILES = {"mrcfile", "starfile"}
FIRST_FLOOR = {"pusklearn.micrographs"}
NETWORK = {"skorch", "sklearn.model_selection", "pusklearn.pu.network"}


def loaded_by(program):
    """Return the names of all modules that a program loads."""
    show = "import json, sys; print(json.dumps(list(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", f"{program}\n{show}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import pusklearn", FILES | FIRST_FLOOR | NETWORK | {"torch", "sklearn"}),
        ("import pusklearn.criteria, pusklearn.modules", FILES | FIRST_FLOOR | NETWORK),
        ("from pusklearn import PUClassifier, PriorEstimator", FILES | FIRST_FLOOR),
        ("from pusklearn import PUClassifier, make_picker", FILES | {"matplotlib"}),
        ("import pusklearn.metrics, pusklearn.datasets", FILES | {"matplotlib"}),
    ],
)
def test_what_is_not_needed_is_not_loaded(program, absent):
    assert not loaded_by(program) & absent


def test_every_name_is_there_and_is_said_in_the_docstring():
    words = pusklearn.__doc__.replace(",", " ").split()
    for name in pusklearn.__all__:
        assert getattr(pusklearn, name) is not None
        assert name in words
    assert set(pusklearn.__all__) <= set(dir(pusklearn))


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Picker"):
        _ = pusklearn.Picker


def test_help_is_the_list_of_names():
    for name in pusklearn.__all__:
        getattr(pusklearn, name)
    text = pydoc.plain(pydoc.render_doc(pusklearn))
    assert len(text.splitlines()) < 100
    assert all(name in text for name in pusklearn.__all__)

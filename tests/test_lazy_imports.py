"""What is loaded when, asked in a process of its own."""

import json
import pydoc
import subprocess
import sys

import pytest

import pusklearn

FILES = {"mrcfile", "starfile"}
FIRST_FLOOR = {"pusklearn.micrographs"}
NETWORK = {"skorch", "sklearn.model_selection", "pusklearn.pu.network"}


ABSENT = {
    "import pusklearn": FILES | FIRST_FLOOR | NETWORK | {"torch", "sklearn"},
    "import pusklearn.criteria, pusklearn.modules": FILES | FIRST_FLOOR | NETWORK,
    "from pusklearn import PUClassifier, PriorEstimator": FILES | FIRST_FLOOR,
    "from pusklearn import PUClassifier, make_picker": FILES | {"matplotlib"},
    "import pusklearn.metrics, pusklearn.datasets": FILES | {"matplotlib"},
}


@pytest.fixture(scope="module")
def loaded():
    """Return what is loaded after each of the programs, one after the other.

    What is absent after several programs is absent after each, and a new process takes
    seconds to import PyTorch.
    """
    show = "print(json.dumps(list(sys.modules)))"
    lines = "\n".join(f"{program}\n{show}" for program in ABSENT)
    result = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{lines}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(ABSENT, map(json.loads, result.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("program", ABSENT)
def test_what_is_not_needed_is_not_loaded(loaded, program):
    assert not ABSENT[program] & {*loaded[program]}


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

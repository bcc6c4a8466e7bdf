"""Private names of scikit-learn come into the package through one file."""

import ast
from pathlib import Path

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
)

import pusklearn
from pusklearn.pu import _sklearn_compat

PACKAGE = Path(pusklearn.__file__).parent
DOOR = Path(_sklearn_compat.__file__)


def private_imports(source):
    """Return the private names of scikit-learn that a program imports or reaches."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names.append(ast.unparse(node))
    return [
        name
        for name in names
        if name.split(".")[0] == "sklearn"
        and any(part.startswith("_") and part[1:2] != "_" for part in name.split("."))
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from sklearn.utils import _safe_indexing", ["sklearn.utils._safe_indexing"]),
        ("from sklearn.model_selection._search import GridSearchCV as G", 1),
        ("import sklearn.utils._tags", ["sklearn.utils._tags"]),
        ("import sklearn; sklearn.utils._safe_indexing(1)", 1),
        (
            "from sklearn.base import clone; from pusklearn.commands._main import main",
            [],
        ),
        ("import sklearn; sklearn.__version__", []),
    ],
)
def test_a_private_import_is_seen(source, expected):
    names = private_imports(source)
    assert len(names) == expected if expected == 1 else names == expected


def test_one_file_alone_imports_private_names_of_scikit_learn():
    files = {path: private_imports(path.read_text()) for path in PACKAGE.rglob("*.py")}
    assert len(files.pop(DOOR)) == len(_sklearn_compat.__all__)
    assert {path: names for path, names in files.items() if names} == {}


def test_the_names_are_what_the_package_takes_them_for():
    searches = GridSearchCV, RandomizedSearchCV, HalvingGridSearchCV
    for search in (*searches, HalvingRandomSearchCV):
        assert issubclass(search, _sklearn_compat.BaseSearchCV)
    assert isinstance(get_scorer("accuracy"), _sklearn_compat.Scorer)
    assert _sklearn_compat.safe_indexing(["a", "b", "c"], [2, 0]) == ["c", "a"]
    params = {"weight": np.arange(3), "other": 5}
    part = _sklearn_compat.check_method_params(np.zeros((3, 1)), params, indices=[1])
    assert part["weight"].tolist() == [1]
    assert part["other"] == 5

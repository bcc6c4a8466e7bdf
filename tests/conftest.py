import importlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import settings
from sklearn.datasets import load_digits

# A run fails or passes by what was changed, not by chance or by a busy machine.
# `make search` draws other examples, and more.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=500, deadline=None)
settings.load_profile("same")


def pytest_configure():
    """Give each process one thread, or those of several wait for each other."""
    if "OMP_NUM_THREADS" not in os.environ:
        os.environ["OMP_NUM_THREADS"] = "1"  # of processes that start later
        torch.set_num_threads(1)


def pytest_runtest_setup(item):
    """Skip what needs a GPU where there is none."""
    if item.get_closest_marker("gpu") and not torch.cuda.is_available():
        pytest.skip("there is no NVIDIA GPU")


@pytest.fixture(autouse=True)
def _seed():
    """Draw the same where a test gives no `random_state`, in any order of the tests."""
    np.random.seed(0)  # noqa: NPY002
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _close_figures():
    """Close all figures after a test, since pyplot warns of more than 20."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def data_dir():
    """Folder of real data sets; tests that need it are skipped where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PUSKLEARN_DATA", default))
    if not folder.is_dir():
        pytest.skip("real data are not at hand (set PUSKLEARN_DATA to their folder)")
    return folder


@pytest.fixture(scope="session")
def digits():
    """Images of digits, whether each is even, and 60 % of the even ones labelled."""
    X, digit = load_digits(return_X_y=True)
    X, y = np.float32(X / 16), np.int64(digit % 2 == 0)
    labeled = np.random.default_rng(0).permutation(np.flatnonzero(y))
    y_pu = np.zeros_like(y)
    y_pu[labeled[: int(0.6 * len(labeled))]] = 1
    return X, y, y_pu


@pytest.fixture
def images(digits):
    """Make 80 of the digits, with PU labels, an array of so many dimensions."""

    def reshape(ndim):
        X, _, y_pu = digits
        shape = {2: (64,), 3: (8, 8), 4: (1, 8, 8)}[ndim]
        return X[:80].reshape(-1, *shape), y_pu[:80]

    return reshape


@pytest.fixture
def few_trees(monkeypatch):
    """Estimate priors from small forests, where how well they rank proves nothing."""
    module = importlib.import_module("pusklearn.pu.splits._default_scores")
    for name in ("N_TREES", "N_TREES_OF_ZEROS"):
        monkeypatch.setattr(module, name, 5)


@pytest.fixture
def few_examples(monkeypatch):
    """Find subspaces from few regions, where the scores in them prove nothing."""
    module = importlib.import_module("pusklearn.micrographs.regions._example_regions")
    monkeypatch.setattr(module, "N_REGIONS", 64)
    monkeypatch.setattr(module, "N_LABELLED", 16)


@pytest.fixture
def load(monkeypatch, few_examples):
    """Return a function that imports a benchmark; settings of threads are undone."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    n_threads = torch.get_num_threads()
    yield importlib.import_module
    torch.set_num_threads(n_threads)

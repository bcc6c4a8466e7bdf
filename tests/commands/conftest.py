from inspect import signature
from pathlib import Path
from typing import NamedTuple

import mrcfile
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn import io, make_picker
from pusklearn.commands import _training
from pusklearn.commands._main import main
from pusklearn.datasets import make_micrographs


@pytest.fixture
def pusklearn_command():
    """Run the command ``pusklearn`` in this process, as a shell would.

    The result has ``exit_code``, ``stdout`` and ``stderr``.
    """
    # Standard error is kept apart by every click from 8.2 on.
    before = "mix_stderr" in signature(CliRunner).parameters
    runner = CliRunner(**({"mix_stderr": False} if before else {}))

    def run(*arguments, input=None):
        return runner.invoke(main, [str(one) for one in arguments], input=input)

    return run


class Small(NamedTuple):
    """Four micrographs of 1.5 angstrom a pixel, clicks on two, and a picker of them."""

    folder: Path
    micrographs: list
    particles: list
    clicks: Path
    model: Path
    picker: Pipeline


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Write micrographs, clicks and a model that others only read."""
    folder = tmp_path_factory.mktemp("small")
    simulated, particles = make_micrographs(4, size=96, snr=1.0, random_state=0)
    (folder / "mics").mkdir()
    for micrograph in simulated:
        path = folder / "mics" / f"{micrograph.name}.mrc"
        mrcfile.write(path, np.asarray(micrograph), voxel_size=1.5)
    micrographs = list(io.read_micrographs(folder / "mics"))
    clicks = folder / "clicks.csv"
    io.write_coordinates(clicks, particles[:2], micrographs[:2])
    picker = make_picker(
        "36A", particles_per_micrograph=8, threshold="prior", random_state=0
    )
    picker.set_params(
        score__classifier__max_epochs=1, score__classifier__steps_per_epoch=5
    )
    picker.fit(micrographs[:2], [points[:5] for points in particles[:2]])
    pusklearn.save(picker, folder / "model.pusk")
    return Small(folder, micrographs, particles, clicks, folder / "model.pusk", picker)


@pytest.fixture
def quick_picker(monkeypatch, few_examples):
    """Let ``pusklearn train`` learn from few regions; make a picker that does so."""

    def make(*arguments, **options):
        picker = make_picker(*arguments, **options)
        return picker.set_params(score__classifier__batch_size=32)

    monkeypatch.setattr(_training, "make_picker", make)
    return make

import warnings

import numpy as np
import pytest

from pusklearn import Micrograph, general_picker, load, save
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.general._general_contrast import general_contrast
from pusklearn.micrographs.regions._contrast import similarity


def simulated(**settings):
    micrographs, _ = make_micrographs(2, size=320, diameter=24, **settings)
    return [Micrograph(m, name=f"grid{i}") for i, m in enumerate(micrographs)]


def test_a_dark_disc_is_most_like_a_particle():
    y, x = np.mgrid[:200, :200]
    disc = -1.0 * (np.hypot(x - 100, y - 100) < 12)
    contrast = general_contrast(31)
    places, similar = similarity(Micrograph(disc), contrast.direction, contrast.radius)
    best = places[similar.argmax()]
    assert np.hypot(*(best - 100)) < 6
    assert similar.min() > -similar.max()


@pytest.mark.parametrize(
    "settings",
    [
        {"random_state": 0},
        {"random_state": 1, "snr": 0.05},
        {"random_state": 2, "n_particles": 1, "contamination": 1.0},
        {"random_state": 3, "particle": "shell", "contrast": "phase-plate"},
    ],
    ids=["default", "noisy", "clutter", "phase plate"],
)
def test_dark_particles_bring_no_warning(settings):
    micrographs = simulated(**settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        general_picker(24).predict(micrographs)


@pytest.mark.parametrize("most_pixels", [2**26, 1000])
def test_light_particles_bring_a_warning_that_names_the_micrographs(
    most_pixels, monkeypatch
):
    path = "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS"
    monkeypatch.setattr(path, most_pixels)
    micrographs = [-m for m in simulated(random_state=0)]
    with pytest.warns(UserWarning, match="2 of 2 micrographs look inverted") as caught:
        general_picker(24).predict(micrographs)
    assert "grid0" in str(caught[0].message)
    assert "multiply them by -1" in str(caught[0].message)


def test_a_saved_picker_warns_as_well(tmp_path):
    save(general_picker(24), tmp_path / "general.pusk")
    picker = load(tmp_path / "general.pusk")
    with pytest.warns(UserWarning, match="look inverted"):
        picker.predict([-m for m in simulated(random_state=0)])

import numpy as np
import pytest

from pusklearn.micrographs.simulation._check_settings import check_settings, room

SETTINGS = {
    "n_micrographs": 1,
    "size": 256,
    "particle": "globular",
    "views": "uniform",
    "n_particles": None,
    "diameter": 24,
    "defocus": (15_000, 30_000),
    "snr": 0.2,
    "pixel_size": 6.0,
    "ice_noise": 0.5,
    "ice_gradient": 2.0,
    "contamination": 0.2,
    "spacing": None,
    "contrast": "defocus",
    "ice_thickness": (1.0, 1.0),
    "contaminants": None,
    "binning": 1,
    "smoothing": 0.0,
    "hot_pixels": 0.0,
    "return_contaminants": False,
}


@pytest.mark.parametrize(
    ("size", "shape"),
    [(256, (256, 256)), ([48, 60], (48, 60)), (np.int64(99), (99, 99))],
)
def test_the_shape_is_a_pair_of_integers(size, shape):
    checked = check_settings(**SETTINGS | {"size": size})
    assert checked == shape
    assert {type(side) for side in checked} == {int}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("diameter", 8),
        ("snr", np.inf),
        ("snr", np.float32(0.1)),
        ("ice_noise", 0),
        ("ice_noise", 1),
        ("ice_gradient", 0),
        ("contamination", 0),
        ("contamination", 1),
        ("defocus", (2e4, 2e4)),
        ("n_particles", 0),
        ("size", 48),
        ("spacing", 0.5),
        ("defocus", None),
        ("ice_thickness", [2.0, 2.0]),
        ("contaminants", []),
        ("contaminants", {"bead", "hole"}),
        ("binning", 4),
        ("smoothing", 0),
        ("hot_pixels", 1),
        ("return_contaminants", np.True_),
    ],
)
def test_the_ends_of_the_ranges_are_allowed(name, value):
    check_settings(**SETTINGS | {name: value})


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("n_micrographs", True, TypeError),
        ("particle", ["thin"], ValueError),
        ("views", "top", ValueError),
        ("diameter", 7.99, ValueError),
        ("diameter", np.inf, ValueError),
        ("pixel_size", np.inf, ValueError),
        ("ice_gradient", np.nan, ValueError),
        ("contamination", "much", TypeError),
        ("contamination", 1.001, ValueError),
        ("n_particles", 2.0, TypeError),
        ("defocus", (0, 1e4), ValueError),
        ("defocus", (1e4, np.inf), ValueError),
        ("defocus", (1e4, 2e4, 3e4), ValueError),
        ("size", 47, ValueError),
        ("size", True, TypeError),
        ("size", (256, 47), ValueError),
        ("spacing", 0.49, ValueError),
        ("spacing", "close", TypeError),
        ("contrast", "light", ValueError),
        ("ice_thickness", (0, 1), ValueError),
        ("ice_thickness", 2.0, ValueError),
        ("contaminants", "ice", TypeError),
        ("contaminants", 1, TypeError),
        ("contaminants", ("ice", "dust"), ValueError),
        ("binning", 0, ValueError),
        ("binning", 2.0, TypeError),
        ("smoothing", -1, ValueError),
        ("hot_pixels", 1.01, ValueError),
        ("return_contaminants", 1, TypeError),
    ],
)
def test_what_is_beyond_the_ranges_is_refused_by_name(name, value, error):
    with pytest.raises(error, match=f"`{name}` must be .* Got"):
        check_settings(**SETTINGS | {name: value})


@pytest.mark.parametrize(
    ("particle", "nearest"),
    [("globular", 0.9), ("thin", 0.75), ("shell", 0.9), ("multi-domain", 0.8)],
)
def test_discs_of_the_least_distance_cover_at_most_45_percent(particle, nearest):
    most = int(0.45 * 256**2 / (np.pi / 4 * (nearest * 24) ** 2))
    assert most * room(nearest * 24) <= 256**2 < (most + 1) * room(nearest * 24)
    options = SETTINGS | {"particle": particle}
    check_settings(**options | {"n_particles": most})
    with pytest.raises(ValueError, match=f"must be at most {most}: .* Got {most + 1}"):
        check_settings(**options | {"n_particles": most + 1})


def test_discs_of_a_crowd_cover_at_most_75_percent():
    most = int(0.75 * 256**2 / (np.pi / 4 * 24**2))
    assert most * room(24, crowded=True) <= 256**2
    check_settings(**SETTINGS | {"spacing": 1.0, "n_particles": most})
    with pytest.raises(ValueError, match=f"must be at most {most}: .* Got {most + 1}"):
        check_settings(**SETTINGS | {"spacing": 1.0, "n_particles": most + 1})


def test_a_spacing_that_leaves_no_room_does_not_give_empty_micrographs_in_silence():
    wide = SETTINGS | {"spacing": 20.0}
    with pytest.raises(ValueError, match=r"`spacing` must leave room .* 480 pixels"):
        check_settings(**wide | {"n_particles": None})
    check_settings(**wide | {"n_particles": 0})

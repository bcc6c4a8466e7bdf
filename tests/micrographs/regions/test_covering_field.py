import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._stand_ins import blank_like
from pusklearn.micrographs.regions._covering_field import covering_field, field_for


def of_sizes(*sizes):
    return [Micrograph(np.zeros((2, 2)), "m", size) for size in sizes]


@pytest.mark.parametrize(
    ("width", "field"), [(1, 31), (31, 31), (31.1, 63), (63, 63), (64, 127), (127, 127)]
)
def test_the_field_covers_the_particle(width, field):
    assert covering_field(width) == field


def test_a_particle_that_no_network_sees_is_refused():
    with pytest.raises(ValueError, match=r"at most 127 pixels .* Got 128"):
        covering_field(128)


@pytest.mark.parametrize(
    ("size", "field"), [("31A", 31), ("62A", 63), ("31px", 31), ("40px", 63)]
)
def test_a_length_is_covered_in_the_finest_micrograph(size, field):
    micrographs = [*of_sizes(np.float32(1).item(), 1.5), blank_like(None)]
    assert field_for(size, micrographs) == field


def test_pixels_are_those_of_the_original():
    half = Micrograph(np.zeros((2, 2)), "m", 2.0, 2.0)
    assert field_for("62px", [half]) == field_for("62A", [half]) == 31


def test_a_pixel_size_of_seven_digits_makes_no_wider_network():
    assert field_for("31A", of_sizes(0.9999999)) == 31


def test_a_small_particle_brings_a_warning():
    with pytest.warns(UserWarning, match=r"at least 8 pixels wide .* Got 7"):
        field_for("14A", of_sizes(2.0))

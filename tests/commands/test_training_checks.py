import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.commands._training_checks import check_count, check_place, check_width

WIDE = Micrograph(np.zeros((30, 40)), "wide")
# Nothing of this one is there.
MASKED = Micrograph(np.zeros((1, 1)), "masked", mask=np.ones((1, 1), bool))


@pytest.mark.parametrize("micrographs", [[WIDE], [MASKED, WIDE], [MASKED], []])
def test_a_particle_may_be_as_wide_as_a_micrograph(micrographs):
    check_width("90A", 30, micrographs)


def test_a_wider_particle_is_a_wrong_diameter_or_pixel_size():
    with pytest.raises(ValueError, match=r"90A is 31 pixels, .*: wide has 40 x 30"):
        check_width("90A", 31, [MASKED, WIDE])


@pytest.mark.parametrize("count", [3, 2.6, "estimate"])
def test_the_count_exceeds_that_of_the_labels(count):
    check_count(count, [np.zeros((2, 2)), np.zeros((3, 2))])


def test_fewer_particles_than_labels_are_an_error():
    with pytest.raises(ValueError, match=r"--count 2\.5 .* 2\.5\. Leave it out"):
        check_count(2.5, [np.zeros((2, 2)), np.zeros((3, 2))])


def test_the_folder_of_the_model_must_be_there(tmp_path):
    check_place(tmp_path / "model.pusk")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError, match=r"Make .*no first"):
        check_place(tmp_path / "no/model.pusk")

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lazy_rows import LazyRows


@pytest.mark.parametrize("nothing", [[], LazyRows(np.sqrt, [])])
def test_at_least_one_micrograph_is_needed(nothing):
    with pytest.raises(ValueError, match=r"At least 1 micrograph is needed\. Got 0"):
        check_micrographs(nothing)


def test_a_generator_is_no_sequence():
    with pytest.raises(ValueError, match="Expected a sequence of micrographs"):
        check_micrographs(np.ones((2, 2)) for _ in range(3))
    with pytest.raises(ValueError, match="but got paths"):
        check_micrographs(name for name in ["a.mrc"])


def test_truth_values_are_numbers():
    mask = Micrograph(np.eye(3) > 0, name="mask", scale=2.0)
    (checked,) = check_micrographs([mask])
    assert (checked.name, checked.scale) == ("mask", 2.0)
    np.testing.assert_array_equal(checked - 1, np.eye(3) - 1)

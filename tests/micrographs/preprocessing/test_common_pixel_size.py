import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._stand_ins import blank_like
from pusklearn.micrographs.preprocessing._common_pixel_size import (
    coarsest_pixel_size,
    pixel_size_of,
    relative_factor,
)


def of_sizes(*sizes):
    return [
        Micrograph(np.zeros((2, 2)), f"m{row}", size) for row, size in enumerate(sizes)
    ]


@pytest.mark.parametrize("on_error", ["raise", "warn"])
def test_the_greatest_size_of_those_that_are_there(on_error):
    micrographs = [*of_sizes(1.0, 2.5, 1.5), blank_like(of_sizes(9.0)[0])]
    assert coarsest_pixel_size(micrographs, on_error) == 2.5
    assert pixel_size_of(micrographs[-1]) is None


def test_a_micrograph_without_a_size_is_named_or_left_out():
    micrographs = of_sizes(1.0, None)
    with pytest.raises(ValueError, match=r"needs its `pixel_size`.*m1 has none"):
        coarsest_pixel_size(micrographs, "raise")
    assert coarsest_pixel_size(micrographs, "warn") == 1.0
    with pytest.raises(ValueError, match=r"At least 1 .* Got 0 of 1"):
        coarsest_pixel_size(micrographs[1:], "warn")


@pytest.mark.parametrize(
    ("size", "factor"), [(1.0, 2.0), (2.0, 1.0), (1.95, 1.0), (4.0, 0.5), (8.0, 0.25)]
)
def test_the_factor_leads_to_the_coarsest(size, factor):
    assert relative_factor(of_sizes(size)[0], 2.0) == factor


def test_a_far_coarser_micrograph_is_refused():
    with pytest.raises(
        ValueError, match=r"4 times as coarse .* m0 has 8\.1 .* has 2\."
    ):
        relative_factor(of_sizes(8.1)[0], 2.0)
    assert relative_factor(blank_like(None), 2.0) == 1.0

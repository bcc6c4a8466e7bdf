import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.preprocessing._particle_span import (
    check_span,
    check_span_in,
    check_spans,
    factor_to_span,
    width_of,
)

SPANS = (13, 18, 27)


@given(st.floats(1, 2000))
def test_a_particle_spans_the_best_number_of_pixels_or_stays_as_it_is(width):
    factor = factor_to_span(width, SPANS)
    assert width / factor == pytest.approx(min(width, 18))
    assert factor >= 1


@pytest.mark.parametrize(
    ("diameter", "pixel_size", "scale", "width"),
    [
        (180, None, 1.0, 180),
        (180, 2.0, 4.0, 45),
        ("180px", 2.0, 4.0, 45),
        ("180A", 1.5, 1.0, 120),
        # The pixel size is that of the pixels here, whatever the scale.
        ("180A", 6.0, 4.0, 30),
    ],
)
def test_the_width_is_counted_in_pixels_of_the_micrograph(
    diameter, pixel_size, scale, width
):
    micrograph = Micrograph(np.zeros((4, 4)), pixel_size=pixel_size, scale=scale)
    assert width_of(diameter, micrograph) == pytest.approx(width)


@pytest.mark.parametrize(
    ("width", "factor"), [(13, 1), (18, 1), (27, 1), (45, 2.5), (12.9999, 1)]
)
def test_a_span_within_the_bounds_is_right(width, factor):
    check_span(width, factor, SPANS, width)


def test_too_small_a_particle_is_refused_with_the_way_out():
    micrograph = Micrograph(np.zeros((4, 4)), name="grid1", pixel_size=15.0)
    with pytest.raises(ValueError, match="at least 13") as caught:
        check_span_in(micrograph, 1.0, SPANS, "180A")
    for part in (
        "180 angstrom spans 12 pixels",
        "micrograph grid1 (15 angstrom per pixel)",
        "less coarse",
        "make_picker('180A')",
    ):
        assert part in str(caught.value)


def test_a_micrograph_without_a_name_and_a_size_is_told_so():
    with pytest.raises(ValueError, match=re.escape("micrograph (no name), and")):
        check_span_in(Micrograph(np.zeros((4, 4))), 1.0, SPANS, 10)


@pytest.mark.parametrize(("factor", "span"), [(1, "45"), (9, "5")])
def test_a_factor_that_does_not_fit_is_refused_with_the_way_out(factor, span):
    message = f"and {span} after downsampling {factor} times. The network needs 13 to"
    with pytest.raises(ValueError, match=message) as caught:
        check_span(45, factor, SPANS, "45px")
    assert "`downsample='auto'`, which makes it 18." in str(caught.value)


@pytest.mark.parametrize("spans", [18, (13, 18), (18, 13, 27), (13, 18, 27, 31), None])
def test_spans_are_three_numbers_in_ascending_order(spans):
    with pytest.raises(ValueError, match="`spans` must be 3 numbers in ascending"):
        check_spans(spans)


@pytest.mark.parametrize(
    ("spans", "error"),
    [((0, 1, 2), ValueError), ((1, "a", 2), TypeError), ("abc", TypeError)],
)
def test_spans_are_numbers_above_0(spans, error):
    with pytest.raises(error, match="`spans` must be a number"):
        check_spans(spans)

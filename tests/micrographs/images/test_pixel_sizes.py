import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._pixel_sizes import (
    PixelSizes,
    WarnOfSizes,
    find_pixel_sizes,
    is_same_size,
    warn_of_other_sizes,
)
from pusklearn.micrographs.images._stand_ins import blank_like


def of_sizes(*sizes):
    return [
        Micrograph(np.zeros((2, 2)), f"m{row}", size) for row, size in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([None, None], None),
        ([1.2], (1.2, 1.2)),
        ([1.2, None, 1.2], (1.2, 1.2)),
        ([1.05, 1.06, 1.05], (1.05, 1.06)),
        ([0.832, np.float32(0.832).item()], (0.832, np.float32(0.832).item())),
    ],
)
def test_one_size_or_none_brings_no_warning(recwarn, sizes, expected):
    found = find_pixel_sizes(of_sizes(*sizes))
    assert found is None if expected is None else sorted(found) == sorted(expected)
    for size in sizes:
        warn_of_other_sizes(of_sizes(size), found)
    warn_of_other_sizes(of_sizes(5.0, None, 5.1), None)
    warn_of_other_sizes(of_sizes(5.0, 2.0), None, "9A")
    for lengths, mixed in [(None, (5.0, None, 5.1)), ("9A", (5.0, 2.0))]:
        one_by_one = WarnOfSizes(np.shape, None, lengths)
        for micrograph in of_sizes(*mixed):
            one_by_one(micrograph)
    one_original = [Micrograph(np.zeros((2, 2)), "m", s, scale=s) for s in (1.0, 2.0)]
    warn_of_other_sizes(one_original, None)
    one_by_one = WarnOfSizes(np.shape, None)
    assert [one_by_one(micrograph) for micrograph in one_original] == [(2, 2)] * 2
    assert not recwarn.list


def test_a_micrograph_that_is_not_there_does_not_count(recwarn):
    one, other = of_sizes(1.0, 2.0)
    assert find_pixel_sizes([one, blank_like(other)]) == (1.0, 1.0)
    warn_of_other_sizes([blank_like(other)], PixelSizes(1.0, 1.0))
    assert not recwarn.list


def test_several_sizes_are_told_with_the_way_out():
    message = r"from 1 angstrom \(m1\) to 2 angstrom \(m0\).*'180A'.*'coarsest'"
    with pytest.warns(UserWarning, match=message) as caught:
        sizes = find_pixel_sizes(of_sizes(2.0, 1.0, None, 1.5))
    assert sizes == (1.0, 2.0)
    assert caught[0].filename == __file__


def test_several_sizes_are_told_where_none_has_been_learnt():
    sizes = of_sizes(None, 6.0, 3.0, 6.0, 13.0)
    message = r"The micrographs have .*from 3 angstrom \(m2\) to 13 .*\(m4\).*'180A'"
    with pytest.warns(UserWarning, match=message) as caught:
        warn_of_other_sizes(sizes, None, 2.7)
    assert len(caught) == 1
    one_by_one = WarnOfSizes(np.shape, None, 2.7)
    message = r"The micrographs have .*from 3 angstrom \(m2\) to 6 angstrom \(m1\)"
    with pytest.warns(UserWarning, match=message) as caught:
        found = [one_by_one(micrograph) for micrograph in sizes]
    assert found == [(2, 2)] * 5
    assert len(caught) == 1


def test_another_size_than_in_training_is_told():
    sizes = of_sizes(1.0, 2.0, 1.02, 2.0, None)
    message = r"pixel size 1 angstrom, but 2 micrographs .* 2 angstrom \(m1, m3\)"
    with pytest.warns(UserWarning, match=message) as caught:
        warn_of_other_sizes(sizes, PixelSizes(1.0, 1.0))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    many = of_sizes(*[3.0] * 8)
    with pytest.warns(UserWarning, match=r"1 to 2 angstrom, but 8 .* m4 and 3 more\)"):
        warn_of_other_sizes(many, PixelSizes(1.0, 2.0))


def test_sizes_between_those_of_the_training_are_no_news(recwarn):
    warn_of_other_sizes(of_sizes(0.98, 1.4, 2.05), PixelSizes(1.0, 2.0))
    assert not recwarn.list


def test_sizes_that_show_one_by_one_are_told_once_each():
    shape = WarnOfSizes(np.shape, PixelSizes(1.0, 1.0))
    with pytest.warns(UserWarning, match="The picker learnt") as caught:
        found = [shape(m) for m in of_sizes(1.0, 2.0, 2.0, 4.0, 2.0, None)]
    assert found == [(2, 2)] * 6
    assert len(caught) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"), [(1, 1, True), (1, 1.03, True), (1.04, 1, False)]
)
def test_sizes_within_three_percent_are_one(one, other, same):
    assert is_same_size(one, other) == is_same_size(other, one) == same

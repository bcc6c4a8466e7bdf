import numpy as np
import pytest

from pusklearn import TiledRegions
from pusklearn.micrographs.regions._folds_sharing_no_particle import (
    folds_sharing_no_particle,
)


def regions_of(*shapes):
    rng = np.random.default_rng(0)
    return TiledRegions([rng.normal(size=s).astype(np.float32) for s in shapes], 5)


def test_a_micrograph_lies_in_one_fold_and_each_fold_has_labels():
    regions = regions_of(*[(20, 20)] * 5)
    marks = [[[5, 5]], [[9, 9], [3, 15]], [], [[12, 4]], []]
    positives = np.flatnonzero(
        regions.labels([np.reshape(m, (-1, 2)) for m in marks], 2)
    )
    folds, particles = folds_sharing_no_particle(regions, positives, 3)
    assert [len(p) for p in particles] == [1, 2, 0, 1, 0]
    assert particles[1].tolist() == [[9, 9], [15, 3]]
    assert sorted(np.unique(folds)) == [0, 1, 2]
    for number in range(5):
        assert len(np.unique(folds[regions.groups == number])) == 1
    assert sorted(np.unique(folds[positives])) == [0, 1, 2]


def test_the_only_labelled_micrograph_is_cut_between_its_particles():
    regions = regions_of((30, 20), (30, 20))
    marks = [[[5, 3], [9, 14], [5, 27]], np.empty((0, 2))]
    positives = np.flatnonzero(regions.labels(marks, 1))
    folds, particles = folds_sharing_no_particle(regions, positives, 3)
    assert [len(p) for p in particles] == [3, 0]
    bands = folds[:600].reshape(30, 20)
    assert (bands == bands[:, :1]).all()
    assert (np.diff(bands[:, 0]) >= 0).all()
    assert bands[[3, 14, 27], 0].tolist() == [0, 1, 2]
    # A patch of labels is never cut.
    assert [len(np.unique(bands[y - 1 : y + 2])) for y in (3, 14, 27)] == [1, 1, 1]


def test_labels_that_touch_are_one_particle():
    regions = regions_of((20, 20))
    positives = np.flatnonzero(regions.labels([[[5, 5], [7, 5]]], 1))
    with pytest.raises(ValueError, match=r"2 labelled particles .* Got 1"):
        folds_sharing_no_particle(regions, positives, 3)

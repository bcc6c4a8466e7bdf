"""Micrographs are divided into folds that all have labels."""

import numpy as np
import pytest

from pusklearn.micrographs.regions._fold_plan import (
    cuts_micrographs,
    divide,
    ends_of_bands,
)


def test_bands_are_cut_between_particles():
    assert ends_of_bands(np.array([3.0, 14, 27]), 40) == [0, 9, 21, 40]
    assert ends_of_bands(np.array([5.0, 30]), 40) == [0, 18, 40]
    # Particles in one row, or at the edge, leave no empty band.
    assert ends_of_bands(np.array([0.0, 0, 0]), 40) == [0, 40]
    assert ends_of_bands(np.array([7.0, 7, 7]), 40) == [0, 7, 40]


def test_unlabelled_micrographs_are_shared_out():
    particles = [np.empty((0, 2))] * 4 + [np.array([[5.0, 5], [15, 5], [25, 5]])]
    folds = {band.number: fold for fold, band in divide(particles, [30] * 5)}
    assert [folds[number] for number in range(4)] == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("n_labels", "is_cut"),
    [([3], True), ([2, 2], True), ([1, 9], False), ([3, 3, 3], False), ([0, 4], True)],
    ids=str,
)
def test_one_or_two_labelled_micrographs_are_cut(n_labels, is_cut):
    particles = [np.arange(2.0 * n).reshape(n, 2) for n in n_labels]
    assert cuts_micrographs(particles) == is_cut

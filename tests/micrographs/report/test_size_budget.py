from types import SimpleNamespace

import numpy as np
import pytest

from pusklearn.micrographs.report._size_budget import fitting_large, fitting_thumbnails


def gathered(n, thumbnail=100, large=1000):
    peaks = np.zeros((5, 3))
    view = SimpleNamespace(name="a", path=None, thumbnail=bytes(thumbnail), peaks=peaks)
    return SimpleNamespace(
        views=[view] * n, crops=[], large=SimpleNamespace(size=lambda number: large)
    )


def test_all_thumbnails_fit_or_the_oddest_do():
    order = list(range(1000))[::-1]
    assert fitting_thumbnails(gathered(1000, 4000).views, order) == order
    assert fitting_thumbnails(gathered(1000, 9000).views, order) == order[:500]


@pytest.mark.parametrize(
    ("n", "large", "n_fitting"),
    [(3, 1000, 3), (90, 1000, 60), (90, 1e6, 14), (5, 1e9, 1)],
)
def test_sixty_are_large_or_as_many_as_fit(n, large, n_fitting):
    order = list(range(n))
    found = fitting_large(gathered(n, large=large), order, order, -np.inf)
    assert found == order[:n_fitting]


def test_thumbnails_and_peaks_take_their_share():
    many = gathered(90, thumbnail=60_000, large=200_000)
    order = list(range(90))
    n_fitting = len(fitting_large(many, order, order, -np.inf))
    assert 40 < n_fitting < 60
    assert len(fitting_large(many, order, [], -np.inf)) == 60

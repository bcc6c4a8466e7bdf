import numpy as np
import pytest

from pusklearn import TiledRegions
from pusklearn._automatic_settings import resolve_steps


@pytest.mark.parametrize(
    ("n", "updates"), [(1, 100), (250, 100), (400, 160), (1000, 200)]
)
def test_samples_allow_more_updates_the_more_are_labelled(n, updates):
    assert resolve_steps(None, np.zeros((2000, 2)), np.arange(n)) == updates


@pytest.mark.parametrize(
    ("n", "updates"), [(1, 10), (10, 32), (100, 100), (400, 200), (625, 200)]
)
def test_regions_allow_updates_by_the_root_of_the_labelled_particles(n, updates):
    regions = TiledRegions([np.zeros((100, 100), np.float32)] * 3, 5)
    y, x = np.divmod(np.arange(n), 25)
    marks = [4 * np.column_stack([x, y]) + 2, np.empty((0, 2)), np.empty((0, 2))]
    positives = np.flatnonzero(regions.labels(marks, 1))
    assert len(positives) == 5 * n
    assert resolve_steps(None, regions, positives) == updates
    assert resolve_steps(7, regions, positives) == 7

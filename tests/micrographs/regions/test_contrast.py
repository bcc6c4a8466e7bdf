import numpy as np
import pytest

from pusklearn import MicrographNormalizer
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._contrast import (
    N_SCORED,
    is_inverted,
    learn_contrast,
    skewness,
)


@pytest.fixture(scope="module")
def data():
    micrographs, coordinates = make_micrographs(4, size=192, random_state=0)
    return MicrographNormalizer(whiten=True).fit_transform(micrographs), coordinates


def darkness(micrographs, points):
    """Score regions by how dark they are: a classifier of dark particles."""
    return np.concatenate(
        [
            [-m[max(y - 5, 0) : y + 6, max(x - 5, 0) : x + 6].mean() for x, y in xy]
            for m, xy in zip(
                micrographs, [np.rint(xy).astype(int) for xy in points], strict=True
            )
        ]
    )


def test_the_contrast_of_the_particles_is_learnt(data):
    images, points = data
    dark = learn_contrast(images[:3], points[:3], 31)
    light = learn_contrast([-m for m in images[:3]], points[:3], 31)
    assert dark.grey < -0.2
    assert light.grey == pytest.approx(-dark.grey, abs=0.01)
    assert dark.radius == 15
    assert dark.skewness == pytest.approx(light.skewness, abs=0.01)


def test_an_inverted_micrograph_is_told(data):
    images, points = data
    contrast = learn_contrast(images[:3], points[:3], 31)
    assert [is_inverted(m, contrast, darkness) for m in images] == [False] * 4
    assert [is_inverted(-m, contrast, darkness) for m in images] == [True] * 4


def test_the_classifier_has_the_last_word(data):
    images, points = data
    contrast = learn_contrast(images[:3], points[:3], 31)
    asked = []

    def undecided(micrographs, points):
        asked.append([len(xy) for xy in points])
        return np.zeros(2 * N_SCORED)

    assert not is_inverted(-images[3], contrast, undecided)
    assert asked == [[N_SCORED, N_SCORED]]
    assert not is_inverted(images[3], contrast, undecided)
    assert len(asked) == 1  # the grey values had decided


@pytest.mark.parametrize("wrong", ["noise", "labels", "size", "empty"])
def test_what_tells_no_contrast_is_not_used(data, wrong):
    images, points = data
    size = 5 if wrong == "size" else 31
    rng = np.random.default_rng(0)
    if wrong == "noise":
        images = [m * 0 + rng.normal(size=m.shape) for m in images]
    if wrong == "labels":
        points = [rng.uniform(0, 191, (8, 2)) for _ in points]
    if wrong == "empty":
        # Labels stand out, but so do as many light discs.
        images = [m * np.where(np.arange(192) % 96 < 48, 1, -1) for m in images]
        points = [xy[(xy[:, 0] % 96 > 15) & (xy[:, 0] % 96 < 33)] for xy in points]
    assert learn_contrast(images, points, size) is None


def test_a_micrograph_that_is_not_there_is_not_inverted(data):
    images, points = data
    contrast = learn_contrast(images[:3], points[:3], 31)
    gone = images[3].copy()
    gone.mask = np.ones(gone.shape, bool)
    assert not is_inverted(gone, contrast, darkness)


def test_the_skewness_is_that_of_the_values():
    rng = np.random.default_rng(0)
    assert skewness(rng.normal(size=20_000)) == pytest.approx(0, abs=0.1)
    assert skewness(rng.gamma(16, size=20_000)) == pytest.approx(2 / 4, abs=0.1)
    assert skewness(-rng.gamma(16, size=20_000)) == pytest.approx(-2 / 4, abs=0.1)
    assert skewness(rng.gamma(1, size=100)) == 0

from contextlib import ExitStack, closing
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import logit

from pusklearn import Micrograph
from pusklearn.micrographs.report._describe_picker import PickerDescription
from pusklearn.micrographs.report._gather_views import gather_views
from pusklearn.micrographs.report._micrograph_view import view_micrograph
from pusklearn.micrographs.report._report_content import find_content


class Scene(NamedTuple):
    """Micrographs with peaks of known probabilities."""

    micrographs: list
    peaks: list
    about: PickerDescription


@pytest.fixture
def make_scene():
    """Make micrographs of noise with dark discs, and peaks at and beside them."""

    def make(n_micrographs=6, *, size=120, n_discs=9, diameter=20.0, calibrated=True):
        random = np.random.default_rng(0)
        y, x = np.mgrid[:size, :size]
        micrographs, peaks = [], []
        for number in range(n_micrographs):
            points = random.uniform(10, size - 10, (2 * n_discs, 2)).round(1)
            pixels = random.normal(size=(size, size))
            for left, top in points[:n_discs]:
                pixels[np.hypot(x - left, y - top) < diameter / 2] -= 1.5
            probabilities = np.concatenate(
                [random.uniform(0.4, 0.99, n_discs), random.uniform(0.01, 0.5, n_discs)]
            )
            micrographs.append(Micrograph(pixels, f"grid_{number}", 2.0))
            peaks.append(np.column_stack([points, logit(probabilities)]))
        about = PickerDescription(
            diameter, calibrated, 0.0, "probability:0.5", {"score": "a scorer"}, {}
        )
        return Scene(micrographs, peaks, about)

    return make


@pytest.fixture
def content_of():
    """Judge the micrographs of a scene."""
    with ExitStack() as stack:

        def find(scene, **known):
            rows = enumerate(zip(scene.micrographs, scene.peaks, strict=True))
            looks = (view_micrograph(row, 20, number) for number, row in rows)
            gathered = gather_views(looks, -np.inf)
            stack.enter_context(closing(gathered.large))
            return find_content(gathered, scene.about._replace(**known))

        yield find

from types import SimpleNamespace

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.topaz._labelled_images import LabelledImages
from pusklearn.topaz._training import expected_count


@pytest.mark.parametrize(
    ("options", "found", "interval", "count", "words"),
    [
        ({"num_particles": 30.0}, 30.0, None, 30, "30.0 particles"),
        ({"num_particles": 2.0}, None, None, 4, "4.0 particles"),
        ({}, 12.5, (10.0, 20.0), 12.5, "a probability of 0.9 between 10.0 and 20.0"),
        ({"num_particles": -1.0, "pi": 0.1}, 12.5, None, 12.5, "12.5 particles"),
        ({}, None, None, 4, "4.0 particles"),
    ],
    ids=str,
)
def test_the_particles_expected_are_said(
    options, found, interval, count, words, capsys
):
    learnt = LabelledImages([Micrograph(np.zeros((9, 9)))], [np.zeros((4, 2))])
    scorer = SimpleNamespace(
        particles_per_micrograph_=found, particles_per_micrograph_interval_=interval
    )
    assert expected_count(options, {"score": scorer}, learnt) == count
    assert words in capsys.readouterr().err

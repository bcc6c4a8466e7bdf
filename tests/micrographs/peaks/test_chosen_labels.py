import warnings

import numpy as np
import pytest

from pusklearn.micrographs.peaks._chosen_labels import (
    SCORE,
    WORDS,
    find_preferences,
    warn_of_preferences,
)
from pusklearn.micrographs.peaks._compared_picks import ComparedPicks

N_PARTICLES, N_NOISE = 1000, 2000


def draw(rng, choose=None, n_labels=100, factor=1.0):
    """Draw peaks of particles and of noise, and labels of chosen particles.

    `choose` returns which particles may be labelled, from their heights and properties.
    """
    heights = np.r_[rng.normal(3, 1, N_PARTICLES), rng.normal(0, 1, N_NOISE)]
    n = len(heights)
    properties = {name: rng.random(n) for name in ("x", "y", "brightness")}
    # Noise is not as bright as particles are.
    properties["brightness"][N_PARTICLES:] -= 0.3
    particles = np.arange(N_PARTICLES)
    if choose is not None:
        known = {name: values[:N_PARTICLES] for name, values in properties.items()}
        particles = np.flatnonzero(choose(heights[:N_PARTICLES], known))
    is_labelled = np.zeros(n, bool)
    is_labelled[rng.choice(particles, n_labels, replace=False)] = True
    return ComparedPicks(
        heights,
        is_labelled,
        rng.integers(5, size=n),
        properties,
        rng.random(n) < 0.9,
        n_labels,
        factor * N_PARTICLES,
    )


CHOICES = {
    SCORE: lambda heights, _: heights > np.median(heights),
    "low x": lambda _, properties: properties["x"] < 0.5,
    "high y": lambda _, properties: properties["y"] > 0.6,
    "high brightness": lambda _, properties: properties["brightness"] > 0.6,
}


@pytest.mark.parametrize("name", sorted(CHOICES))
@pytest.mark.parametrize("n_labels", [100, 300])
def test_labels_of_chosen_particles_are_warned_of(name, n_labels):
    picks = draw(np.random.default_rng(0), CHOICES[name], n_labels)
    found = find_preferences(picks)
    assert min(found.pvalues, key=found.pvalues.get) == name
    with pytest.warns(UserWarning, match=f"random sample.* {WORDS[name]}"):
        warn_of_preferences(found)


@pytest.mark.parametrize("n_labels", [10, 100, 1000])
@pytest.mark.parametrize("factor", [0.8, 1.0, 1.2])
def test_random_labels_are_not_warned_of(n_labels, factor):
    rng = np.random.default_rng(0)
    for _ in range(40):
        found = find_preferences(draw(rng, n_labels=n_labels, factor=factor))
        if found is not None:
            assert min(found.pvalues.values()) > 0.01
            warn_of_preferences(found)


def test_nothing_is_said_of_few_labels():
    picks = draw(np.random.default_rng(0), CHOICES["low x"], n_labels=10)
    assert find_preferences(picks) is None


def test_nothing_is_said_if_noise_cannot_be_told_from_particles():
    picks = draw(np.random.default_rng(0), CHOICES["low x"])
    mixed = np.random.default_rng(1).permutation(picks.heights)
    assert find_preferences(picks._replace(heights=mixed)) is None


def test_too_many_expected_particles_are_named_as_a_cause():
    found = find_preferences(draw(np.random.default_rng(0), n_labels=300, factor=2.5))
    with pytest.warns(UserWarning, match="fewer particles than `particles_per_micro"):
        warn_of_preferences(found)


def test_the_warning_says_how_many_and_how_to_silence_it():
    found = find_preferences(draw(np.random.default_rng(0), CHOICES["low x"]))
    with pytest.warns(UserWarning, match="The labels are not a random") as record:
        warn_of_preferences(found)
    text = str(record[0].message)
    assert "100% of them are among the 50% of the likely particles nearest to" in text
    assert record[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="The labels are not a random")
        warn_of_preferences(found)


def test_what_is_found_are_the_parameters_of_the_display():
    found = find_preferences(draw(np.random.default_rng(0)))
    assert found.label_frequency == 0.1
    assert list(found.curves) == list(found.pvalues)
    assert next(iter(found.curves)) == SCORE
    assert set(found.curves) <= set(WORDS)
    assert len(found.curves) == 7
    picks = draw(np.random.default_rng(0), factor=0.05)
    assert find_preferences(picks._replace(n_labels=100)) is None

import warnings

import numpy as np
import pytest

from pusklearn import Micrograph, PeakExtractor, load, save
from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.peaks._chosen_labels import (
    SCORE,
    WORDS,
    compare_labels,
    find_preferences,
    warn_of_preferences,
)
from pusklearn.micrographs.peaks._compared_picks import ComparedPicks
from pusklearn.micrographs.peaks._extracted_peaks import ExtractedPeaks
from pusklearn.micrographs.peaks._peak_evidence import PeakEvidence
from pusklearn.micrographs.peaks._training_maps import HeldOutMaps, TrainingMaps

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
    highest = np.argsort(-heights)[: round(factor * N_PARTICLES)]
    return ComparedPicks(
        heights[highest],
        is_labelled[highest],
        rng.integers(5, size=len(highest)),
        {name: values[highest] for name, values in properties.items()},
        rng.random(len(highest)) < 0.9,
        n_labels,
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


def test_nothing_is_said_if_most_labels_are_not_found():
    picks = draw(np.random.default_rng(0), CHOICES["low x"])
    assert find_preferences(picks._replace(n_labels=300)) is None


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


def scene(rng, choose, n_maps=4):
    """Draw peaks of maps, half of them of particles, and labels of chosen ones.

    Returns what `compare_labels` takes, for 50 particles on each map.
    """
    extracted, labels, micrographs = [], [], []
    for _ in range(n_maps):
        grid = np.stack(np.meshgrid(np.arange(10), np.arange(10)), -1).reshape(-1, 2)
        places = 20.0 * rng.permutation(grid) + 60
        scores = np.r_[rng.normal(6, 1, 50), rng.normal(0, 1, 50)]
        micrograph = Micrograph(rng.normal(size=(301, 301)).astype(np.float32))
        peaks = np.column_stack([places, scores])
        extracted.append(ExtractedPeaks(peaks, find_gaps(micrograph), 8.0))
        chosen = places[:50][choose(places[:50])]
        labels.append(rng.permutation(chosen)[:20] + rng.normal(size=(20, 2)))
        micrographs.append(micrograph)
    held_out = HeldOutMaps(
        maps=micrographs,
        numbers=list(range(n_maps)),
        folds=[0, 1] * (n_maps // 2),
        counts=[True] * n_maps,
        labels=labels,
        n_micrographs=n_maps,
        number_is_known=True,
    )
    evidence = PeakEvidence(np.empty(0), None, None, n_maps, 50.0 * n_maps)
    return held_out, extracted, micrographs, 10, evidence


def test_labels_of_held_out_maps_are_compared():
    rng = np.random.default_rng(0)
    left = scene(rng, lambda xy: xy[:, 0] < 150)
    with pytest.warns(UserWarning, match="nearest to the left side"):
        found = compare_labels(*left, True)
    assert found["label_frequency"] == pytest.approx(80 / 200)
    assert min(found["pvalues"], key=found["pvalues"].get) == "low x"
    assert SCORE in found["curves"]
    with pytest.warns(UserWarning, match="nearest to the left side"):
        assert SCORE not in compare_labels(*left, False)["curves"]


def test_random_labels_of_held_out_maps_are_not_warned_of():
    rng = np.random.default_rng(0)
    found = compare_labels(*scene(rng, lambda xy: xy[:, 0] > 0), True)
    assert min(found["pvalues"].values()) > 0.05


def test_only_the_likely_particles_of_the_sample_are_expected():
    held_out, extracted, micrographs, radius, evidence = scene(
        np.random.default_rng(0), lambda xy: xy[:, 0] > 0
    )
    # Of 8 training micrographs with 400 particles, 4 are held out.
    evidence = evidence._replace(n_micrographs=8, n_expected=400.0)
    found = compare_labels(held_out, extracted, micrographs, radius, evidence, True)
    assert found["label_frequency"] == pytest.approx(80 / 200)
    unknown = evidence._replace(n_expected=None)
    given = held_out, extracted, micrographs, radius, unknown
    assert compare_labels(*given, False) is None


def test_too_few_labels_of_held_out_maps():
    held_out, *rest = scene(np.random.default_rng(0), lambda xy: xy[:, 0] < 150)
    few = held_out._replace(labels=[xy[:4] for xy in held_out.labels])
    assert compare_labels(few, *rest, True) is None


def fitted(choose, count=50):
    """Fit an extractor with maps that know held-out maps, which are the same here."""
    held_out, extracted, micrographs, radius, _ = scene(
        np.random.default_rng(0), choose
    )
    maps = []
    for one in extracted:
        scores = np.full((301, 301), -9.0)
        x, y = one.picks[:, :2].astype(int).T
        scores[y, x] = one.picks[:, 2]
        maps.append(Micrograph(scores))
    held_out = held_out._replace(maps=maps, number_is_known=count is not None)
    numbers = {id(micrograph): row for row, micrograph in enumerate(micrographs)}
    training = TrainingMaps(
        lambda micrograph: maps[numbers[id(micrograph)]], micrographs, held_out=held_out
    )
    extractor = PeakExtractor(
        radius, match_radius=8, particles_per_micrograph=count, threshold="prior"
    )
    return extractor.fit(training, held_out.labels), maps, held_out.labels


@pytest.mark.parametrize("count", [50, None])
def test_an_extractor_compares_labels_in_its_fit(count, tmp_path):
    with pytest.warns(UserWarning, match="nearest to the left side"):
        extractor, maps, _ = fitted(lambda xy: xy[:, 0] < 150, count)
    assert extractor.labels_at_random_["pvalues"]["low x"] < 0.01
    # Only a number that was given can contradict the order of the scores.
    assert (SCORE in extractor.labels_at_random_["curves"]) == (count is not None)
    # It is saved with the extractor.
    save(extractor, tmp_path / "extractor.pusk")
    again = load(tmp_path / "extractor.pusk")
    np.testing.assert_equal(again.labels_at_random_, extractor.labels_at_random_)
    assert "are particles" in again.predict(maps)._repr_html_()


def test_an_extractor_says_nothing_of_random_labels():
    extractor, maps, labels = fitted(lambda xy: xy[:, 0] > 0)
    assert min(extractor.labels_at_random_["pvalues"].values()) > 0.05
    # Without held-out maps, there is nothing to compare.
    assert extractor.fit(maps, labels).labels_at_random_ is None

import numpy as np
import pytest
from scipy.special import expit, logit

from pusklearn.micrographs.report import _expected_numbers
from pusklearn.micrographs.report._expected_numbers import ScoreTable


@pytest.fixture
def table(make_scene):
    scene = make_scene()

    def make(complete=True, **known):
        return ScoreTable(scene.peaks, scene.about._replace(**known), complete)

    return make


def all_scores(table):
    return np.concatenate([one[:, 2] for one in table.peaks])


@pytest.mark.parametrize("score", [-np.inf, -2.0, 0.0, 0.7, 99.0])
def test_sums_of_probabilities_are_what_is_expected(table, score):
    table = table()
    scores = all_scores(table)
    above = expit(scores[scores > score])
    cut = table.cut("", score)
    assert cut.n_picks == len(above)
    assert cut.n_right == pytest.approx(above.sum(), rel=1e-6)
    assert cut.recall == pytest.approx(above.sum() / expit(scores).sum(), rel=1e-6)
    expected = pytest.approx(above.mean(), rel=1e-6) if len(above) else None
    assert cut.precision == expected


def test_the_cuts_keep_their_promises(table):
    assert table().cuts()[0].name == "in use, even chance"
    table = table(threshold=-1.0)
    cuts = {cut.name: cut for cut in table.cuts()}
    assert next(iter(cuts)) == "in use"
    assert cuts["even chance"].n_picks == (all_scores(table) > 0).sum()
    precise, found = cuts["10% junk"], cuts["90% found"]
    assert precise.precision >= 0.9
    assert table.cut("", precise.score - 1e-3).precision < 0.9
    assert found.recall >= 0.9
    one_less = table.score_of_count(found.n_picks - 1)
    assert table.cut("", one_less).recall < 0.9
    assert cuts["picks = particles"].n_picks == round(table.n_particles)


def test_without_a_precise_cut_the_score_alone_promises_it(table):
    table = table()
    table.scores = np.float32(logit([0.5, 0.4]))
    table.sums = np.array([0, 0.5, 0.9])
    cuts = {cut.name: cut.score for cut in table.cuts()}
    assert cuts["10% junk"] == pytest.approx(logit(0.9))


def test_a_few_picks_are_all_kept_if_all_are_right(table):
    table = table()
    table.scores = np.float32(logit([0.95, 0.94]))
    table.sums = np.array([0, 0.95, 1.89])
    assert {cut.name: cut.score for cut in table.cuts()}["10% junk"] == -np.inf


def test_scores_that_are_no_probabilities_promise_nothing(table):
    (cut,) = table(calibrated=False).cuts()
    assert (cut.n_right, cut.recall, cut.precision) == (None, None, None)
    assert table(calibrated=False).n_particles is None
    (cut,) = table(calibrated=False, threshold=None).cuts()
    assert (cut.name, cut.score) == ("every peak", -np.inf)


def test_picks_alone_do_not_tell_how_many_particles_there_are(table):
    table = table(complete=False, quality=dict, threshold=4.0)
    assert table.n_particles is None
    cuts = table.cuts()
    assert {cut.recall for cut in cuts} == {None}
    assert not cuts[0].intervals
    # What lies below the threshold is not known.
    assert "10% junk" not in [cut.name for cut in cuts]


def test_a_count_gives_the_threshold(table):
    table = table(threshold=None, per_micrograph=4.0)
    assert table.cuts()[0].n_picks == 4 * len(table.peaks)


def test_rounding_of_scores_loses_no_pick_of_the_threshold(table):
    threshold = 0.15
    table = table(threshold=threshold)
    table.peaks[0][3, 2] = np.nextafter(threshold, 1)
    table.scores = np.sort(np.float32(all_scores(table)))[::-1]
    assert np.float32(table.peaks[0][3, 2]) == np.float32(threshold)
    assert table.cuts()[0].n_picks == (all_scores(table) > threshold).sum()
    assert table.cuts()[0].score == pytest.approx(threshold)


def test_without_a_threshold_the_first_cut_is_the_even_chance(table):
    assert table(threshold=None).cuts()[0].name == "even chance"


def test_intervals_are_those_of_the_picker(table):
    asked = []

    def quality(rule, picks):
        asked.append((rule, len(picks[0])))
        return {
            "n_particles_interval": (50, 70),
            "precision_interval": (0.5, 0.75),
            "recall_interval": (np.nan, np.nan),
        }

    cut = table(quality=quality).cut("", 1.5)
    # All peaks come as if they were those of one micrograph.
    assert asked == [(1.5, 108)]
    assert cut.intervals == {"n_particles": (50.0, 70.0), "precision": (0.5, 0.75)}


def test_intervals_of_many_peaks_come_from_some_of_them(table, monkeypatch):
    monkeypatch.setattr(_expected_numbers, "MOST_FOR_INTERVALS", 30)

    def quality(rule, picks):
        probabilities = expit(picks[0][:, 2])
        above = probabilities[picks[0][:, 2] > rule]
        return {
            "n_particles_interval": (probabilities.sum(),) * 2,
            "precision_interval": (above.mean(),) * 2,
            "recall_interval": None,
        }

    table = table(quality=quality)
    cut = table.cut("", 0.0)
    assert cut.intervals["n_particles"][0] == pytest.approx(table.n_particles, rel=0.05)
    assert cut.intervals["precision"][0] == pytest.approx(cut.precision, rel=0.05)


def test_particles_without_a_peak_count_too(table):
    whole, part = table(), table(share_found=0.8)
    assert part.n_particles == pytest.approx(whole.n_particles / 0.8)
    assert part.cut("", 0.0).recall == pytest.approx(0.8 * whole.cut("", 0.0).recall)
    # Nobody finds nine of ten then.
    assert "90% found" not in [cut.name for cut in part.cuts()]

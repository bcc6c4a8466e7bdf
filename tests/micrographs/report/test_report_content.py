import numpy as np
import pytest
from scipy.special import logit

from pusklearn import Micrograph
from pusklearn.micrographs.report._report_content import (
    MOST_PEAKS,
    are_all_peaks,
    find_suspected,
    lowest_score,
)


def test_the_oddest_micrograph_comes_first(content_of, make_scene):
    scene = make_scene(8, size=240, n_discs=20)
    scene.micrographs[5][:] += 50
    scene.peaks[2][:, 2] -= 9
    content = content_of(scene)
    assert content.order[0] == 5
    assert content.oddness[5].reasons == ["bright"]
    assert content.oddness[2].reasons[0].startswith("few picks (0; usual ")
    assert content.large == content.thumbnails == content.order


def test_a_micrograph_that_is_left_out_is_nowhere(content_of, make_scene):
    scene = make_scene(6)
    scene.micrographs[3] = Micrograph(np.zeros((9, 9)), mask=np.full((9, 9), True))
    content = content_of(scene)
    assert 3 not in content.order
    assert 3 not in content.oddness


def test_at_least_one_micrograph_must_be_usable(content_of, make_scene):
    scene = make_scene(1)
    scene.micrographs[0] = Micrograph([[0.0]], "gone", mask=[[True]])
    with pytest.raises(ValueError, match="gone: it is masked as a whole"):
        content_of(scene)


def test_picks_that_look_unlike_the_others_are_found(content_of, make_scene):
    scene = make_scene(6, size=160)
    scene.peaks[1][0] = [140, 20, 3.0]
    y, x = np.mgrid[:160, :160]
    scene.micrographs[1][np.hypot(x - 140, y - 20) < 20] -= 30
    content = content_of(scene)
    # The peaks are ordered by descending score.
    row = int(np.flatnonzero(content.gathered.views[1].peaks[:, 0] == 140)[0])
    assert content.suspected[1][row]
    best = [
        flags[view.peaks[:, 2] > 1]
        for flags, view in zip(content.suspected, content.gathered.views, strict=True)
    ]
    assert np.mean(np.concatenate(best)) < 0.3


def test_without_a_threshold_the_best_quarter_is_usual(content_of, make_scene):
    scene = make_scene(6)
    views = content_of(scene, calibrated=False, threshold=None).gathered.views
    scores = np.concatenate([view.peaks[:, 2] for view in views])
    assert find_suspected(views, -np.inf, False)[0].tolist() == (
        find_suspected(views, np.quantile(scores, 0.75), False)[0].tolist()
    )
    nothing = [
        view._replace(peaks=view.peaks[:0], looks=view.looks[:0]) for view in views
    ]
    assert not np.concatenate(find_suspected(nothing, -np.inf, False)).size


def test_intervals_are_asked_for_along_the_axis(content_of, make_scene):
    def quality(rule, picks):
        return {"precision_interval": (0.1, 0.9)}

    scene = make_scene(6)
    content = content_of(scene, quality=quality)
    assert len(content.grid) == 25
    assert content.grid[0].intervals == {"precision": (0.1, 0.9)}
    assert content_of(scene).grid == []


@pytest.mark.parametrize("threshold", [None, 0.0])
@pytest.mark.parametrize("calibrated", [True, False])
def test_no_peak_at_all_can_be_reported(content_of, make_scene, threshold, calibrated):
    scene = make_scene(6)
    empty = scene._replace(peaks=[np.empty((0, 3))] * 6)
    content = content_of(empty, threshold=threshold, calibrated=calibrated)
    assert content.cuts[0].n_picks == 0


def test_picks_above_the_threshold_are_not_all_peaks():
    peaks = [np.array([[0, 0, 3.0], [0, 0, 2.0]]), np.empty((0, 3))]
    assert are_all_peaks(peaks, 2.0)
    assert not are_all_peaks(peaks, 1.9)
    assert are_all_peaks(peaks, None)


def test_peaks_are_limited():
    few = np.array([1.0, -3.0, -9.0])
    assert lowest_score(few, False) == -np.inf
    assert lowest_score(few, True) == pytest.approx(logit(0.002))
    many = np.linspace(5, 0, MOST_PEAKS + 10, dtype=np.float32)
    for calibrated in (True, False):
        lowest = lowest_score(many, calibrated)
        assert (many >= lowest).sum() == MOST_PEAKS

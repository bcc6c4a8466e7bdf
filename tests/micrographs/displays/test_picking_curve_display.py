import numpy as np
import pytest
from matplotlib import pyplot as plt

from pusklearn.metrics import (
    PickingCurveDisplay,
    picking_average_precision,
    picking_curve,
)

TRUE = [[(10, 10), (40, 40)], [(25, 5)]]
PICKS = [[(10, 10, 2.0), (80, 80, 1.5), (40, 41, 1.0)], [(25, 6, 0.5)]]
EXPECTED = {
    "precision": 0.8,
    "precision_interval": (0.7, 0.9),
    "recall": 0.6,
    "recall_interval": (0.5, 0.75),
    "n_picks": 3,
}


def labels_of(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_the_curve_is_that_of_the_metric():
    display = PickingCurveDisplay.from_picks(TRUE, PICKS, radius=5, name="picks")
    curve = picking_curve(TRUE, PICKS, radius=5)
    for drawn, expected in zip(
        (display.precision, display.recall, display.thresholds), curve, strict=True
    ):
        np.testing.assert_array_equal(drawn, expected)
    np.testing.assert_array_equal(display.line_.get_xdata(), curve[1])
    np.testing.assert_array_equal(display.line_.get_ydata(), curve[0])
    area = picking_average_precision(TRUE, PICKS, radius=5)
    assert display.average_precision == area
    assert labels_of(display) == [f"picks: average precision {area:.3f}"]
    assert display.chosen is None


@pytest.mark.parametrize(
    ("threshold", "chosen"),
    [
        (1.2, (1 / 3, 1 / 2)),
        (1.0, (1 / 3, 1 / 2)),
        (-np.inf, (1, 3 / 4)),
        (2.0, None),
        (None, None),
    ],
)
def test_the_threshold_is_marked_where_picks_of_a_greater_score_lie(threshold, chosen):
    display = PickingCurveDisplay.from_picks(TRUE, PICKS, radius=5, threshold=threshold)
    assert display.chosen == pytest.approx(chosen)
    marks = [line for line in display.ax_.lines if line.get_marker() == "o"]
    assert len(marks) == (chosen is not None)
    if chosen:
        assert (marks[0].get_xdata()[0], marks[0].get_ydata()[0]) == display.chosen
        assert (
            f"precision {chosen[1]:.2f}, recall {chosen[0]:.2f}"
            in labels_of(display)[1]
        )


@pytest.mark.parametrize("intervals", [True, False])
def test_what_is_expected_is_drawn_with_its_intervals(intervals):
    expected = {
        name: value
        for name, value in EXPECTED.items()
        if intervals or "interval" not in name
    }
    display = PickingCurveDisplay.from_picks(
        TRUE, PICKS, radius=5, threshold=1.2, expected=expected
    )
    (container,) = display.ax_.containers
    point, _, bars = container.lines
    assert point.get_xydata().tolist() == [[0.6, 0.8]]
    ends = [path.vertices for bar in bars for path in bar.get_paths()]
    if intervals:
        np.testing.assert_allclose(
            ends, [[(0.5, 0.8), (0.75, 0.8)], [(0.6, 0.7), (0.6, 0.9)]]
        )
    else:
        assert ends == []
    text = "expected: precision 0.80 (0.70 to 0.90), recall 0.60 (0.50 to 0.75)"
    assert labels_of(display)[-1] == (
        text if intervals else "expected: precision 0.80, recall 0.60"
    )


def test_what_is_not_known_is_not_drawn():
    nothing = (np.nan, np.nan)
    expected = EXPECTED | {"precision_interval": nothing, "recall_interval": nothing}
    display = PickingCurveDisplay.from_picks(TRUE, PICKS, radius=5, expected=expected)
    assert labels_of(display)[-1] == "expected: precision 0.80, recall 0.60"
    none = {"precision": np.nan, "recall": 0.0}
    display = PickingCurveDisplay.from_picks(TRUE, PICKS, radius=5, expected=none)
    assert len(labels_of(display)) == 1


def test_several_curves_share_their_axes():
    first = PickingCurveDisplay.from_picks(TRUE, PICKS, radius=5, name="near")
    second = PickingCurveDisplay.from_picks(TRUE, PICKS, radius=0.5, ax=first.ax_)
    assert second.ax_ is first.ax_
    assert second.line_.get_color() != first.line_.get_color()
    assert len(labels_of(second)) == 2
    assert first.plot(name="other").ax_ is not second.ax_
    assert labels_of(first)[0].startswith("other: ")
    assert len(plt.get_fignums()) == 2


def test_a_picker_is_judged_as_by_its_score(maps, picker):
    particles = [[(30, 20), (60, 41), (10, 50)], [(30, 21)]]
    _, ax = plt.subplots()
    display = PickingCurveDisplay.from_picker(picker, maps, particles, name="a", ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert display.average_precision == pytest.approx(picker.score(maps, particles))
    assert display.threshold == 1.0
    assert display.chosen == (0.75, 1.0)
    assert display.expected is None
    picker["extract"].threshold = None
    assert PickingCurveDisplay.from_picker(picker, maps, particles).chosen is None


def test_a_calibrated_picker_tells_what_it_expects(maps, picker, calibrate):
    calibrate(picker["extract"], EXPECTED)
    particles = [[(30, 20)], [(30, 21)]]
    display = PickingCurveDisplay.from_picker(picker, maps, particles)
    assert display.expected == EXPECTED
    given = PickingCurveDisplay.from_picker(
        picker, maps, particles, expected={"precision": 1.0, "recall": 0.5}
    )
    assert given.expected == {"precision": 1.0, "recall": 0.5}


def test_wrong_input_is_refused(maps, picker):
    with pytest.raises(ValueError, match="`threshold` must be"):
        PickingCurveDisplay.from_picks(TRUE, PICKS, radius=5, threshold=np.nan)
    with pytest.raises(ValueError, match="Got 1 for 2 micrographs"):
        PickingCurveDisplay.from_picker(picker, maps, [[]])
    with pytest.raises(ValueError, match="Got 0 for 2 micrographs"):
        PickingCurveDisplay.from_picker(picker, maps, None)
    with pytest.raises(ValueError, match="Recall needs at least 1 true particle"):
        PickingCurveDisplay.from_picker(picker, maps, [[], []])

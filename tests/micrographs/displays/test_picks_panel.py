import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from scipy.special import expit

from pusklearn import Micrograph
from pusklearn.micrographs.displays._grey_levels import smoothed_pixels
from pusklearn.micrographs.displays._picks_panel import (
    COLORS,
    Panel,
    color_scale,
    draw_circles,
    draw_micrograph,
    draw_panel,
    extent_of,
    in_word,
    legend_lines,
    short_name,
)

NOISE = Micrograph(np.random.default_rng(0).normal(size=(30, 40)), scale=2.0)
POINTS = {"hit": np.array([(10.0, 12.0), (20, 30)]), "missed": np.array([(50.0, 9.0)])}
SCORES = {"hit": np.array([-1.0, 2.0])}
PANEL = Panel(NOISE, POINTS, 14.0, SCORES)


def test_edges_are_half_a_pixel_beyond_the_centres():
    assert extent_of(NOISE).tolist() == [-1, 79, 59, -1]


def test_a_large_micrograph_is_drawn_with_fewer_pixels():
    _, (whole, part, small) = plt.subplots(1, 3)
    draw_micrograph(whole, NOISE, 1)
    draw_micrograph(part, NOISE, 1, longest=10)
    draw_micrograph(small, NOISE, 1, longest=50)
    smooth = smoothed_pixels(NOISE, 1)
    np.testing.assert_array_equal(whole.images[0].get_array(), smooth)
    np.testing.assert_array_equal(part.images[0].get_array(), smooth[2::4, 2::4])
    np.testing.assert_array_equal(small.images[0].get_array(), smooth)
    assert part.images[0].get_extent() == whole.images[0].get_extent()
    assert part.images[0].get_clim() == whole.images[0].get_clim()


def test_the_smoothing_follows_from_the_diameter():
    _, (first, second) = plt.subplots(1, 2)
    draw_panel(first, PANEL, line_width=1)
    draw_panel(second, PANEL, line_width=1, sigma=14 / 14 / 2)
    drawn = [ax.images[0].get_array() for ax in (first, second)]
    np.testing.assert_array_equal(*drawn)
    assert len(first.collections) == 2


@pytest.mark.parametrize("word", ["score", "probability"])
def test_circles_have_the_colours_of_their_scores(word):
    _, ax = plt.subplots()
    scale = color_scale([PANEL], word)
    draw_circles(ax, PANEL, line_width=1, scale=scale, word=word)
    hit, missed = ax.collections
    expected = scale.to_rgba(expit([-1, 2]) if word == "probability" else [-1, 2])
    np.testing.assert_allclose(hit.get_edgecolors(), expected)
    np.testing.assert_allclose(missed.get_edgecolors(), [to_rgba(COLORS["missed"])])
    np.testing.assert_array_equal(hit.get_widths(), [14, 14])


def test_circles_have_the_colours_of_their_kinds_and_lines_of_their_own():
    _, ax = plt.subplots()
    draw_circles(ax, PANEL, line_width=1)
    hit, missed = ax.collections
    np.testing.assert_allclose(hit.get_edgecolors()[0], to_rgba(COLORS["hit"]))
    assert hit.get_linestyle() != missed.get_linestyle()


def test_the_ends_of_the_colours():
    assert color_scale([PANEL], "probability").get_clim() == (0, 1)
    low, high = color_scale([PANEL], "score").get_clim()
    assert -1 <= low < -0.9
    assert 1.9 < high <= 2
    assert color_scale([PANEL._replace(scores={})], "score").get_clim() == (0, 1)


def test_probabilities_are_of_log_odds():
    np.testing.assert_array_equal(in_word(SCORES["hit"], "score"), [-1, 2])
    np.testing.assert_allclose(
        in_word(SCORES["hit"], "probability"), [0.2689, 0.8808], atol=1e-4
    )


def test_the_legend_counts_the_circles_of_all_panels():
    other = Panel(NOISE, {"hit": POINTS["hit"][:1], "false": np.empty((0, 2))}, 9.0, {})
    lines = legend_lines([PANEL, other], colored=False)
    assert [line.get_label() for line in lines] == [
        "hit (3)",
        "missed (1)",
        "false (0)",
    ]
    assert [line.get_color() for line in lines] == [
        COLORS[k] for k in ("hit", "missed", "false")
    ]
    colored = legend_lines([PANEL, other], colored=True)
    assert [line.get_color() for line in colored] == [
        "0.5",
        COLORS["missed"],
        COLORS["false"],
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [(None, ""), ("short", "short"), ("a" * 6, "a" * 6), ("abcdefgh", "ab...h")],
)
def test_long_names_lose_their_middle(name, expected):
    assert short_name(name, 6) == expected

import pytest
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from pusklearn.micrographs.displays._contact_sheet import finish_sheet, sheet_axes
from pusklearn.micrographs.displays._picks_panel import color_scale

LINES = [Line2D([], [], label="pick (3)")]


@pytest.mark.parametrize(("n_panels", "n_columns"), [(1, 4), (3, 2), (4, 4), (5, 3)])
def test_a_figure_has_axes_for_each_panel(n_panels, n_columns):
    axes = sheet_axes(None, None, n_panels, n_columns)
    assert len(axes) == n_panels
    assert axes[0].figure.axes == axes
    rows = {round(ax.get_position().y0, 3) for ax in axes}
    assert len(rows) == -(-n_panels // n_columns)


def test_the_figure_has_room_for_its_panels_and_a_colour_bar():
    figures = [
        sheet_axes(None, None, 4, 2, ratio=2.0, **options)[0].figure
        for options in ({}, {"beside": 1.0}, {"panel": 5.0})
    ]
    sizes = [tuple(figure.get_size_inches()) for figure in figures]
    assert sizes == [(6, 13), (7, 13), (10, 21)]


def test_given_axes_are_divided():
    figure, ax = plt.subplots()
    axes = sheet_axes(None, ax, 3, 2)
    assert ax.child_axes == axes
    assert not ax.axison
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize("given", [False, True])
def test_the_title_the_legend_and_the_colour_bar(given):
    ax = plt.subplots()[1] if given else None
    axes = sheet_axes(None, ax, 2, 2)
    figure = axes[0].figure
    finish_sheet(axes, ax, LINES, color_scale([], "probability"), "probability", "all")
    title = ax.get_title() if given else figure.get_suptitle()
    assert title == "all"
    legend = ax.get_legend() if given else figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["pick (3)"]
    assert figure.axes[-1].get_ylabel() == "probability"


@pytest.mark.parametrize("given", [False, True])
def test_there_need_be_neither_title_nor_colour_bar(given):
    ax = plt.subplots()[1] if given else None
    axes = sheet_axes(None, ax, 2, 2)
    n_axes = len(axes[0].figure.axes)
    finish_sheet(axes, ax, LINES, None, "kind", None)
    assert len(axes[0].figure.axes) == n_axes
    assert (ax.get_title() if given else axes[0].figure.get_suptitle()) == ""

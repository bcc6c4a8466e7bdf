"""The plot of the benchmark of PU learning; the page says what it shows."""

import matplotlib.pyplot as plt
import numpy as np
from pages import STYLE
from pu_methods import DEFAULT
from pu_report import N_DRAWS, kind, methods_of, with_tasks

COLORS = ("C3", "C3", "C0", "C4", "C2", "0.55")  # of each kind of method
MARKERS = {
    ("case-control", 500): "o",
    ("case-control", 0.1): "o",
    ("single", 500): "s",
    ("single", 0.5): "D",
    ("single", 2500): "D",
}


def draw_plot(table, path):
    """Draw the score of every method, a panel per data set."""
    table = with_tasks(table[table.seed < N_DRAWS])
    methods, data_sets = methods_of(table), table.data.unique()
    if not methods:
        return
    with plt.style.context(STYLE):
        height = 1.7 + 0.25 * len(methods)
        size = {"figsize": (2.6 * len(data_sets), height), "squeeze": False}
        figure, axes = plt.subplots(1, len(data_sets), sharey=True, **size)
        for axis, data in zip(axes[0], data_sets, strict=True):
            draw_panel(axis, table[table.data == data], methods)
        axes[0, 0].set_yticks(range(len(methods)), methods)
        axes[0, 0].set_ylim(len(methods) - 0.5, -0.5)
        for label, method in zip(axes[0, 0].get_yticklabels(), methods, strict=True):
            label.set_color(COLORS[kind(method)])
            label.set_fontweight("bold" if method == DEFAULT else "normal")
        figure.savefig(path)
        plt.close(figure)


def draw_panel(axis, rows, methods):
    """Draw one data set: a marker per method and task, at the mean over draws."""
    data = rows.data.iloc[0]
    metric, title, ticks = "accuracy", "accuracy", np.arange(0.6, 1.01, 0.1)
    if data == "page-blocks":  # a tenth are positives
        metric, title, ticks = "f1", "F1", np.arange(0.3, 0.91, 0.2)
    means = rows.groupby(["scheme", "labels", "method"], sort=False)[metric].mean()
    for (scheme, labels, method), mean in means.dropna().items():
        marker, color = MARKERS[scheme, labels], COLORS[kind(method)]
        if mean < ticks[0]:
            mean, marker = ticks[0] + 0.02, "<"
        face = color if scheme == "case-control" else "white"
        height = methods.index(method)
        axis.plot(mean, height, marker, color=color, markerfacecolor=face)
    axis.set(title=f"{data}\n{title}", xticks=ticks, xlim=(ticks[0], ticks[-1] + 0.02))
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0)
    if DEFAULT in methods:
        height = methods.index(DEFAULT)
        axis.axhspan(height - 0.5, height + 0.5, color="C1", alpha=0.15, zorder=0)

"""The style and the legend that all plots share."""

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "0.4",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "0.9",
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    "savefig.dpi": 130,
}


def style():
    """Return a context in which figures have the style, and need no screen."""
    mpl.use("agg")
    return mpl.rc_context(STYLE)


def new_figure(n_rows, n_columns, width, height, **options):
    """Return a figure and its panels, each of that size in inches."""
    size = (width * n_columns, height * n_rows + 0.5)
    return plt.subplots(n_rows, n_columns, figsize=size, squeeze=False, **options)


def handle(color, label, **style):
    """Return an entry of a legend."""
    return Line2D([], [], color=color, label=label, **style)


def save(figure, path, handles):
    """Write a figure with its legend below."""
    n_columns = len(handles) if len(handles) <= 6 else (len(handles) + 1) // 2
    figure.legend(handles=handles, loc="outside lower center", ncols=n_columns)
    figure.savefig(path)
    plt.close(figure)

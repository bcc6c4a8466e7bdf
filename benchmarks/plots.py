"""What the plots share: their style, and a legend below."""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

STYLE = Path(__file__).with_name("style.mplstyle")


def new_figure(n_rows, n_columns, width, height, **options):
    """Return a figure and its panels, each of that size in inches."""
    size = (width * n_columns, height * n_rows + 0.5)
    return plt.subplots(n_rows, n_columns, figsize=size, squeeze=False, **options)


def save(figure, path, looks):
    """Write a figure with a legend; a look is what a line with a label looks like."""
    handles = [Line2D([], [], **look) for look in looks]
    n_columns = len(handles) if len(handles) <= 6 else (len(handles) + 1) // 2
    figure.legend(handles=handles, loc="outside lower center", ncols=n_columns)
    figure.savefig(path)
    plt.close(figure)

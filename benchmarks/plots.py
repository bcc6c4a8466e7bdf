"""What the plots share: their style."""

from pathlib import Path

import matplotlib.pyplot as plt

STYLE = Path(__file__).with_name("style.mplstyle")


def new_figure(n_rows, n_columns, width, height, **options):
    """Return a figure and its panels, each of that size in inches."""
    size = (width * n_columns, height * n_rows + 0.5)
    return plt.subplots(n_rows, n_columns, figsize=size, squeeze=False, **options)

"""Axes of a contact sheet, and what is written around them."""

from math import ceil
from typing import Any

from pusklearn.pu.displays._display_tools import check_matplotlib

# Inches that a micrograph has, and the space between two, in micrographs.
PANEL, BETWEEN = 3.0, 0.08


def sheet_axes(
    display: Any,
    ax: Any,
    n_panels: int,
    n_columns: int,
    *,
    ratio: float = 1.0,
    beside: float = 0.0,
    panel: float = PANEL,
) -> list[Any]:
    """Return axes for each panel of a contact sheet.

    Parameters
    ----------
    display : object
        The display, which an error names.
    ax : matplotlib Axes or None
        The axes that are divided; None makes a figure.
    n_panels : int
        The number of panels.
    n_columns : int
        The number of panels in a row, at most.
    ratio : float, default=1.0
        The height of a panel, in widths.

    beside : float, default=0.0
        Space at the right for a colour bar, in inches.
    panel : float, default=3.0
        The width of a panel, in inches.

    Returns
    -------
    list of matplotlib Axes
        The axes of each panel.
    """
    check_matplotlib(type(display))
    n_columns = min(n_columns, n_panels)
    n_rows = ceil(n_panels / n_columns)
    if ax is None:
        from matplotlib import pyplot as plt

        _, grid = plt.subplots(
            n_rows,
            n_columns,
            figsize=(
                panel * n_columns + beside,
                (panel * ratio + 0.3) * n_rows + 0.4,
            ),
            squeeze=False,
            layout="constrained",
        )
        axes = list(grid.flat)
    else:
        ax.set_axis_off()
        width, height = 1 / n_columns, 1 / n_rows
        axes = [
            ax.inset_axes(
                [
                    column * width,
                    1 - (row + 1) * height,
                    width * (1 - BETWEEN),
                    height * (1 - 2 * BETWEEN),
                ]
            )
            for row in range(n_rows)
            for column in range(n_columns)
        ]
    for unused in axes[n_panels:]:
        unused.remove()
    return axes[:n_panels]


def finish_sheet(
    axes: list[Any], ax: Any, lines: list[Any], scale: Any, word: str, title: str | None
) -> None:
    """Write title and legend of a contact sheet, and draw its colour bar.

    Parameters
    ----------
    axes : list of matplotlib Axes
        The axes of the panels.
    ax : matplotlib Axes or None
        The axes that they divide, if any.
    lines : list of matplotlib Line2D
        The lines of the legend.
    scale : matplotlib ScalarMappable or None
        The colours of the colour bar; None draws none.
    word : str
        What the colour bar shows.
    title : str or None
        The title, if any.
    """
    figure = axes[0].figure
    if scale is not None:
        bar = {"shrink": 0.6, "aspect": 30, "label": word}
        figure.colorbar(scale, ax=axes if ax is None else ax, **bar)
    settings = {"handles": lines, "ncols": len(lines), "frameon": False}
    if ax is None:
        figure.legend(loc="outside lower center", **settings)
        if title:
            figure.suptitle(title)
    else:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), **settings)
        if title:
            ax.set_title(title)

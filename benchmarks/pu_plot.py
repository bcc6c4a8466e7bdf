"""The figure of the benchmark of PU learning: methods by tasks, coloured by F1."""

import numpy as np
from pages import panels
from pu_methods import CEILING, DEFAULT, KINDS, METHODS

FAR = 0.25  # the shortfall at which the colour is darkest
CELL = (0.56, 0.2)  # inches


def draw_plot(table, methods_of, path):
    """Draw the mean F1 of every method on every task, and how far the best one is.

    `methods_of` returns the methods in their order.
    """
    if not len(table):
        return
    means = table.groupby(["method", "task"]).f1.mean().unstack()
    means = means[table.task.unique()]
    best = means.drop(index=CEILING, errors="ignore").max()
    rows = with_headings(methods_of(table))
    height, width = len(rows) * CELL[1] + 1.4, len(best) * CELL[0] + 3.7
    with panels(path, 1, width=width, height=height) as [axis]:
        shortfall = (best - means).reindex([name or "" for name, _ in rows])
        shortfall.loc[shortfall.index == CEILING] = np.nan
        colors = axis.imshow(
            shortfall.clip(lower=0), cmap="Blues", vmin=0, vmax=FAR, aspect="auto"
        )
        write_cells(axis, rows, means, best)
        write_names(axis, rows, list(best.index))
        bar = axis.figure.colorbar(colors, ax=axis, shrink=0.35, pad=0.02, aspect=15)
        bar.set_label("F1 below the best of the column")
        bar.outline.set_visible(False)


def with_headings(methods):
    """Return the lines of the figure: a name or None, and a heading or None."""
    lines = []
    for kind, title in KINDS.items():
        names = [name for name in methods if METHODS[name]["kind"] == kind]
        lines += [(None, title)] if names else []
        lines += [(name, None) for name in names]
    return lines


def write_cells(axis, rows, means, best):
    """Write the F1 of each cell, the best of a column in bold."""
    for height, (name, _) in enumerate(rows):
        if name is None:
            continue
        for place, (task, value) in enumerate(means.loc[name].items()):
            if np.isnan(value):
                continue
            is_best = name != CEILING and value > best[task] - 0.0005
            is_dark = name != CEILING and best[task] - value > 0.6 * FAR
            axis.text(
                *(place, height, f"{value:.2f}".removeprefix("0")),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if is_dark else "black",
                fontweight="bold" if is_best else "normal",
            )


def write_names(axis, rows, tasks):
    """Write the names of methods and tasks, and the headings."""
    labels = [title or short(name) for name, title in rows]
    axis.set_yticks(range(len(rows)), labels, fontsize=8.5)
    for label, (name, title) in zip(axis.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if title or name == DEFAULT else "normal")
        label.set_color("C0" if title else "black")
    names = [name.split(", ") for name in tasks]
    draws = [f"{scheme}\n{labels}" for _, scheme, labels in names]
    breaks = {"case-control": "case-\ncontrol", " labels": "\nlabels"}
    for text, broken in breaks.items():
        draws = [draw.replace(text, broken) for draw in draws]
    axis.set_xticks(range(len(tasks)), draws, fontsize=7.5)
    axis.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False)
    axis.spines[:].set_visible(False)
    axis.grid(visible=False)
    data = [name for name, *_ in names]
    for name in dict.fromkeys(data):
        first, n = data.index(name), data.count(name)
        axis.axvline(first + n - 0.5, color="white", linewidth=4)
        axis.annotate(
            *(name, (first + (n - 1) / 2, 1)),
            xycoords=("data", "axes fraction"),
            xytext=(0, 44),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            fontweight="bold",
        )


def short(name):
    """Return the name of a method under its heading."""
    return name.removesuffix(" cut at the prior").removesuffix(",")

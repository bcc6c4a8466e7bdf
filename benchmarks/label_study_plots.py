"""The plots of the study of labels."""

import numpy as np
from label_study_methods import CHANGES, DEFAULT, REFERENCE
from label_study_report import (
    SCORE,
    differences,
    label_counts,
    label_title,
    present,
)
from plots import handle, new_figure, save, style

# Colours of Okabe and Ito, which colour-blind readers tell apart, too.
LOOKS = {
    "GE-binomial": {"color": "#D55E00", "marker": "o", "linestyle": "-"},
    "GE-KL": {"color": "#009E73", "marker": "s", "linestyle": "--"},
    "NN-PU": {"color": "#0072B2", "marker": "D", "linestyle": "-."},
    "PN": {"color": "#E69F00", "marker": "^", "linestyle": ":"},
    REFERENCE: {"color": "0.25", "marker": "X", "linestyle": "-"},
}
CHANGE_COLORS = ("#E69F00", "#0072B2")
LEAST_CHANGE, GREATEST_CHANGE = -0.18, 0.06


def draw_plots(table, folder):
    """Write every plot for which there are rows."""
    with style():
        if table.method.isin(LOOKS).any():
            draw_scores(table, folder / "label_study_labels.png")
            draw_curves(table, folder / "label_study_curves.png")
        if table.method.isin(CHANGES).any():
            draw_changes(table, folder / "label_study_changes.png")


def drawn_methods(rows):
    """Return the methods that have a look and rows."""
    return [name for name in LOOKS if (rows.method == name).any()]


def look_handles(table, *, markers):
    """Return the entries of the legend; the default is named as such."""
    handles = []
    for name in drawn_methods(table):
        look = LOOKS[name] if markers else LOOKS[name] | {"marker": ""}
        handles.append(handle(label=name + " (default)" * (name == DEFAULT), **look))
    return handles


def draw_scores(table, path):
    """Draw average precision against the number of labels, a panel per data set."""
    data_sets = present(table)
    figure, axes = new_figure(1, len(data_sets), 3.0, 3.2)
    for axis, data in zip(axes[0], data_sets, strict=True):
        draw_scores_of(axis, table[table.data == data.name])
        axis.set_title(data.name)
        axis.set_xlabel("labels")
    axes[0, 0].set_ylabel("average precision")
    save(figure, path, look_handles(table, markers=True))


def draw_scores_of(axis, rows):
    """Draw a line per method, and bars from the least to the greatest draw.

    Methods lie side by side so that no bar hides another.
    """
    names = drawn_methods(rows)
    shifts = 1.1 ** (np.arange(len(names)) - (len(names) - 1) / 2)
    for name, shift in zip(names, shifts, strict=True):
        groups = rows[rows.method == name].groupby("n_labels")[SCORE]
        mean = groups.mean()
        ends = mean - groups.min(), groups.max() - mean
        look = LOOKS[name] | {"markersize": 5, "linewidth": 1.2, "elinewidth": 1.6}
        bars = axis.errorbar(mean.index * shift, mean, ends, zorder=3, **look)
        bars.lines[0].set_alpha(0.8)
    counts = sorted(rows.n_labels.unique())
    axis.set_xscale("log")
    axis.set_xticks(counts, [f"{count:,}" for count in counts], minor=False)
    axis.minorticks_off()
    axis.set_xlim(counts[0] / 1.5, counts[-1] * 1.5)
    axis.grid(axis="x", visible=False)


def draw_curves(table, path):
    """Draw precision against recall, a row of panels per data set."""
    data_sets, counts = present(table), label_counts(table)
    figure, axes = new_figure(len(data_sets), len(counts), 3.4, 2.5, sharex=True)
    for line, data in zip(axes, data_sets, strict=True):
        rows = table[(table.data == data.name) & table.method.isin(LOOKS)]
        bottom = 0.4 if rows[SCORE].min() > 0.8 else 0
        for axis, labels in zip(line, counts, strict=True):
            here = rows[rows.labels == labels]
            draw_curves_of(axis, here)
            axis.set_ylim(bottom, 1.02)
            if len(here):
                axis.set_title(f"{data.name}, {label_title(rows, labels)}")
        line[0].set_ylabel("precision")
    for axis in axes[-1]:
        axis.set_xlabel("recall")
    save(figure, path, look_handles(table, markers=False))


def draw_curves_of(axis, rows):
    """Draw the mean curve of each method, and one standard deviation around it."""
    for name in reversed(drawn_methods(rows)):
        texts = rows[rows.method == name].curve
        curves = np.array([text.split() for text in texts], float) / 1000
        curves[curves == 0] = np.nan  # that recall is not reached
        recall = np.arange(1, curves.shape[1] + 1) / 100
        reached = ~np.isnan(curves).any(axis=0)
        mean, spread = curves[:, reached].mean(axis=0), curves[:, reached].std(axis=0)
        look = LOOKS[name] | {"marker": "", "linewidth": 1.6}
        axis.plot(recall[reached], mean, **look)
        axis.fill_between(
            *(recall[reached], mean - spread, mean + spread),
            **{"color": look["color"], "alpha": 0.15, "linewidth": 0},
        )
    axis.set_xlim(0, 1)
    axis.set_xticks(np.arange(0, 1.1, 0.2))
    axis.set_yticks(np.arange(0, 1.1, 0.2))


def draw_changes(table, path):
    """Draw what each change of a default does to average precision."""
    data_sets = present(table)
    changes = [name for name in CHANGES if (table.method == name).any()]
    counts = label_counts(table[table.method.isin(changes)])
    size = 2.5, 1.2 + 0.28 * len(changes)
    figure, axes = new_figure(1, len(data_sets), *size, sharex=True)
    for axis, data in zip(axes[0], data_sets, strict=True):
        for labels, color, shift in zip(counts, CHANGE_COLORS, (-0.14, 0.14)):
            for height, change in enumerate(changes):
                gains = differences(table, data.name, labels, change, DEFAULT)
                if len(gains):
                    draw_change(axis, height + shift, gains, color)
        axis.axvline(0, color="0.3", linewidth=1, zorder=1)
        axis.set_title(data.name)
        axis.set_xlabel("change of AP")
        axis.set_xlim(LEAST_CHANGE, GREATEST_CHANGE)
        axis.set_xticks([-0.1, 0], ["-0.1", "0"])
        axis.set_yticks(range(len(changes)), changes)
        axis.set_ylim(len(changes) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0)
        axis.label_outer()
    handles = [
        handle(color, f"{labels:,} labels", marker="o", linestyle="")
        for labels, color in zip(counts, CHANGE_COLORS)
    ]
    save(figure, path, handles)


def draw_change(axis, height, gains, color):
    """Draw the mean, and a bar from the least to the greatest draw."""
    mean = gains.mean()
    if mean < LEAST_CHANGE + 0.01:  # beyond the axis
        edge = LEAST_CHANGE + 0.006
        axis.plot(edge, height, "<", color=color, markersize=6)
        axis.text(edge + 0.01, height, f"{mean:.2f}", color=color, va="center")
        return
    axis.hlines(height, gains.min(), gains.max(), color=color, alpha=0.6)
    axis.plot(mean, height, "o", color=color, markersize=5)

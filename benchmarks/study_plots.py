"""The plots of the study of labels."""

import numpy as np
from study_methods import CHANGES, CODED, CRITERIA, DEFAULT, REFERENCE
from study_tables import SCORE, data_sets, differences, label_counts, label_title

# Okabe and Ito: told apart by colour-blind readers too.
COLORS = {
    "GE-binomial": "#D55E00",
    "GE-KL": "#009E73",
    "NN-PU": "#0072B2",
    "PN": "#E69F00",
    REFERENCE: "0.25",
    "default settings": "#CC79A7",
}
MARKERS = dict(zip(COLORS, "osD^Xv", strict=True))
LINES = dict(zip(COLORS, ["-", "--", "-.", ":", "-", "-"], strict=True))
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
    "savefig.dpi": 130,
}


def draw_plots(table, folder):
    """Write every plot for which there are rows."""
    import matplotlib as mpl

    mpl.use("agg")
    with mpl.rc_context(STYLE):
        if len(table):
            draw_scores(table, folder / "label_study_labels.png")
            draw_curves(table, folder / "label_study_curves.png")
        if table.method.isin(CHANGES).any():
            draw_changes(table, folder / "label_study_changes.png")


def draw_scores(table, path):
    """Draw average precision against the number of labels, a panel per data set."""
    figure, axes = new_figure(1, len(data_sets(table)), 3.0, 3.4)
    for axis, name in zip(axes[0], data_sets(table), strict=True):
        draw_scores_of(axis, table[table.data == name])
        axis.set_title(name)
        axis.set_xlabel("labels")
    axes[0, 0].set_ylabel("average precision")
    handles = line_handles(table, markers=True)
    if table.method.str.endswith(CODED).any():
        style = {"linestyle": "--", "markerfacecolor": "white"}
        handles.append(handle("0.3", "with autoencoder", marker="o", **style))
        style["linestyle"] = ""
        handles.append(handle("0.3", "the same, below the axis", marker="v", **style))
    save(figure, path, handles)


def draw_scores_of(axis, rows):
    """Draw a line per method, and bars from the least to the greatest draw.

    Methods lie side by side so that no bar hides another.
    """
    names = plain_methods(rows)
    shifts = 1.05 ** (np.arange(len(names)) - (len(names) - 1) / 2)
    for name, shift in zip(names, shifts, strict=True):
        groups = rows[rows.method == name].groupby("n_labels")[SCORE]
        mean = groups.mean()
        ends = mean - groups.min(), groups.max() - mean
        style = {"color": COLORS[name], "marker": MARKERS[name], "markersize": 5}
        x = mean.index * shift
        axis.errorbar(x, mean, ends, linewidth=1.6, zorder=3, **style)
    bottom, top = axis.get_ylim()
    for name, shift in zip(names, shifts, strict=True):
        coded = rows[rows.method == name + CODED].groupby("n_labels")[SCORE].mean()
        style = {"color": COLORS[name], "markerfacecolor": "white", "markersize": 5}
        low, seen = coded[coded < bottom], coded[coded >= bottom]
        axis.plot(seen.index * shift, seen, MARKERS[name] + "--", linewidth=1, **style)
        axis.plot(low.index * shift, [bottom] * len(low), "v", **style)
    axis.set_ylim(bottom=bottom - 0.04 * (top - bottom))
    counts = sorted(rows.n_labels.unique())
    axis.set_xscale("log")
    axis.set_xticks(counts, [f"{count:,}" for count in counts], minor=False)
    axis.minorticks_off()
    axis.set_xlim(counts[0] / 1.4, counts[-1] * 1.4)
    axis.grid(axis="x", visible=False)


def draw_curves(table, path):
    """Draw precision against recall, a row of panels per data set."""
    names, counts = data_sets(table), label_counts(table)
    figure, axes = new_figure(len(names), len(counts), 3.4, 2.5, sharex=True)
    for line, name in zip(axes, names, strict=True):
        rows = table[table.data == name]
        scores = rows[rows.method.isin(COLORS)][SCORE]
        bottom = 0.4 if scores.min() > 0.8 else 0
        for axis, labels in zip(line, counts, strict=True):
            here = rows[rows.labels == labels]
            draw_curves_of(axis, here)
            axis.set_ylim(bottom, 1.02)
            if len(here):
                axis.set_title(f"{name}, {label_title(rows, labels)}")
        line[0].set_ylabel("precision")
    for axis in axes[-1]:
        axis.set_xlabel("recall")
    save(figure, path, line_handles(table))


def draw_curves_of(axis, rows):
    """Draw the mean curve of each method, and one standard deviation around it."""
    for name in reversed(plain_methods(rows)):
        texts = rows[rows.method == name].curve
        curves = np.array([text.split() for text in texts], float) / 1000
        curves[curves == 0] = np.nan  # that recall is not reached
        recall = np.arange(1, curves.shape[1] + 1) / 100
        reached = ~np.isnan(curves).any(axis=0)
        mean, spread = curves[:, reached].mean(axis=0), curves[:, reached].std(axis=0)
        x = recall[reached]
        axis.plot(x, mean, LINES[name], color=COLORS[name], linewidth=1.6)
        axis.fill_between(
            x, mean - spread, mean + spread, color=COLORS[name], alpha=0.15, linewidth=0
        )
    axis.set_xlim(0, 1)
    axis.set_xticks(np.arange(0, 1.1, 0.2))
    axis.set_yticks(np.arange(0, 1.1, 0.2))


def draw_changes(table, path):
    """Draw what each change of a default does to average precision."""
    names = data_sets(table)
    changes = [name for name in CHANGES if (table.method == name).any()]
    counts = label_counts(table[table.method.isin(changes)])
    size = 2.5, 1.2 + 0.28 * len(changes)
    figure, axes = new_figure(1, len(names), *size, sharex=True)
    for axis, name in zip(axes[0], names, strict=True):
        for number, labels in enumerate(counts):
            for height, change in enumerate(changes):
                draw_change(
                    axis,
                    height + 0.28 * (number - (len(counts) - 1) / 2),
                    differences(table, name, labels, change, DEFAULT),
                    number,
                )
        axis.axvline(0, color="0.3", linewidth=1, zorder=1)
        axis.set_title(name)
        axis.set_xlabel("change of AP")
        axis.set_xlim(LEAST_CHANGE, GREATEST_CHANGE)
        axis.locator_params(axis="x", nbins=4)
        axis.set_yticks(range(len(changes)), changes)
        axis.set_ylim(len(changes) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0)
        axis.label_outer()
    handles = [
        handle(CHANGE_COLORS[i % 2], f"{labels:,} labels", marker="o", linestyle="")
        for i, labels in enumerate(counts)
    ]
    save(figure, path, handles)


CHANGE_COLORS = ("#E69F00", "#0072B2")
LEAST_CHANGE, GREATEST_CHANGE = -0.16, 0.06


def draw_change(axis, height, difference, number):
    """Draw the mean difference, and a bar from the least to the greatest draw."""
    if not len(difference):
        return
    color, mean = CHANGE_COLORS[number % 2], difference.mean()
    ends = difference.min(), difference.max()
    axis.plot(ends, [height] * 2, color=color, linewidth=1.5, alpha=0.6)
    if mean > LEAST_CHANGE:
        axis.plot(mean, height, "o", color=color, markersize=5)
    else:
        edge = 0.97 * LEAST_CHANGE
        axis.plot(edge, height, "<", color=color, markersize=6)
        axis.text(edge + 0.008, height, f"{mean:.2f}", color=color, va="center")


def new_figure(n_rows, n_columns, width, height, **options):
    import matplotlib.pyplot as plt

    size = (width * n_columns, height * n_rows + 0.5)
    return plt.subplots(n_rows, n_columns, figsize=size, squeeze=False, **options)


def plain_methods(table):
    """Return the methods that have a colour and rows."""
    return [name for name in COLORS if (table.method == name).any()]


def line_handles(table, markers=False):
    """Return the handles of the legend, the default named as such."""
    return [
        handle(
            COLORS[name],
            f"{name} (default)" if name == DEFAULT and name in CRITERIA else name,
            marker=MARKERS[name] if markers else None,
            linestyle="-" if markers else LINES[name],
        )
        for name in plain_methods(table)
    ]


def handle(color, label, **style):
    from matplotlib.lines import Line2D

    return Line2D([], [], color=color, label=label, **style)


def save(figure, path, handles):
    """Write a figure with its legend below."""
    import matplotlib.pyplot as plt

    n_columns = len(handles) if len(handles) <= 6 else (len(handles) + 1) // 2
    figure.legend(handles=handles, loc="outside lower center", ncols=n_columns)
    figure.savefig(path)
    plt.close(figure)

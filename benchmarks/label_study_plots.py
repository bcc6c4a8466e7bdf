"""The plots of the study of labels."""

import numpy as np
from label_study_methods import CHANGES, DEFAULT, REFERENCE
from label_study_report import SCORE, by_draw, differences, with_titles
from plots import STYLE, new_figure, plt, save

# Colours of Okabe and Ito, which colour-blind readers tell apart, too.
LOOKS = {
    "GE-binomial": {"color": "#D55E00", "marker": "o", "linestyle": "-"},
    "GE-KL": {"color": "#009E73", "marker": "s", "linestyle": "--"},
    "NN-PU": {"color": "#0072B2", "marker": "D", "linestyle": "-."},
    "PN": {"color": "#E69F00", "marker": "^", "linestyle": ":"},
    REFERENCE: {"color": "0.25", "marker": "X", "linestyle": "-"},
}
CHANGE_COLORS = {10: "#E69F00", 100: "#0072B2"}  # by the number of labels
LEAST_CHANGE, GREATEST_CHANGE = -0.18, 0.06


def draw_plots(table, folder):
    """Write every plot for which there are rows."""
    table = with_titles(table)
    drawn = table[table.method.isin(LOOKS)]
    with plt.style.context(STYLE):
        if len(drawn):
            draw_scores(drawn, folder / "label_study_labels.png")
            draw_curves(drawn, folder / "label_study_curves.png")
        if table.method.isin(CHANGES).any():
            draw_changes(table, folder / "label_study_changes.png")


def looks_of(rows):
    """Return the look of each method that has rows; the default is named as such."""
    return {
        name: look | {"label": name + " (default)" * (name == DEFAULT)}
        for name, look in LOOKS.items()
        if name in set(rows.method)
    }


def draw_scores(table, path):
    """Draw average precision against the number of labels, a panel per data set.

    Bars reach from the least to the greatest draw. Methods lie side by side so that no
    bar hides another.
    """
    figure, axes = new_figure(1, table.data.nunique(), 3.0, 3.2)
    for axis, (data, rows) in zip(axes[0], table.groupby("data"), strict=True):
        for place, (name, look) in enumerate(looks_of(rows).items()):
            draws = rows[rows.method == name].groupby("n_labels")[SCORE]
            mean = draws.mean()
            ends = mean - draws.min(), draws.max() - mean
            axis.errorbar(mean.index * 1.1 ** (place - 2), mean, ends, **look)
        counts = sorted(rows.n_labels.unique())
        axis.set_xscale("log")
        axis.set_xticks(counts, [f"{count:,}" for count in counts], minor=False)
        axis.minorticks_off()
        axis.set_xlim(counts[0] / 1.5, counts[-1] * 1.5)
        axis.grid(axis="x", visible=False)
        axis.set(title=data, xlabel="labels")
    axes[0, 0].set_ylabel("average precision")
    save(figure, path, looks_of(table).values())


def draw_curves(table, path):
    """Draw precision against recall, a row of panels per data set."""
    data_sets, counts = table.data.unique(), sorted(table.labels.unique())
    figure, axes = new_figure(len(data_sets), len(counts), 3.4, 2.5, sharex=True)
    for line, data in zip(axes, data_sets, strict=True):
        rows = table[table.data == data]
        bottom = 0.4 if rows[SCORE].min() > 0.8 else 0
        for axis, labels in zip(line, counts, strict=True):
            draw_curves_of(axis, rows[rows.labels == labels])
            axis.set(xlim=(0, 1), ylim=(bottom, 1.02), xticks=np.arange(0, 1.1, 0.2))
    for axis in axes[:, 0]:
        axis.set_ylabel("precision")
    for axis in axes[-1]:
        axis.set_xlabel("recall")
    save(figure, path, [look | {"marker": ""} for look in looks_of(table).values()])


def draw_curves_of(axis, rows):
    """Draw the mean curve of each method, and one standard deviation around it."""
    for name, look in reversed(looks_of(rows).items()):
        texts = rows[rows.method == name].curve
        curves = np.array([text.split() for text in texts], float) / 1000
        reached = (curves > 0).all(axis=0)  # at 0 the recall is out of reach
        recall = (np.flatnonzero(reached) + 1) / 100
        mean, spread = curves[:, reached].mean(axis=0), curves[:, reached].std(axis=0)
        axis.plot(recall, mean, **look | {"marker": ""})
        band = {"color": look["color"], "alpha": 0.15, "linewidth": 0}
        axis.fill_between(recall, mean - spread, mean + spread, **band)
        axis.set_title(f"{rows.data.iloc[0]}, {rows.title.iloc[0]}")


def draw_changes(table, path):
    """Draw what each change of a default does to average precision.

    A bar reaches from the least to the greatest draw; an arrow stands for a mean that
    lies beyond the axis.
    """
    scores = by_draw(table, SCORE)
    changes = [name for name in CHANGES if name in set(table.method)]
    size = 2.5, 1.2 + 0.28 * len(changes)
    figure, axes = new_figure(1, table.data.nunique(), *size, sharex=True)
    panels = dict(zip(table.data.unique(), axes[0], strict=True))
    for height, change in enumerate(changes):
        gains = differences(scores, change, DEFAULT).groupby(["data", "labels"])
        for (data, labels), gain in gains:
            draw_change(panels[data], height, labels, gain)
    for data, axis in panels.items():
        axis.axvline(0, color="0.3", linewidth=1, zorder=1)
        axis.set(title=data, xlabel="change of AP")
        axis.set_xlim(LEAST_CHANGE, GREATEST_CHANGE)
        axis.set_xticks([-0.1, 0], ["-0.1", "0"])
        axis.set_yticks(range(len(changes)), changes)
        axis.set_ylim(len(changes) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0)
        axis.label_outer()
    dot = {"marker": "o", "linestyle": ""}
    looks = [
        dot | {"color": color, "label": f"{labels} labels"}
        for labels, color in CHANGE_COLORS.items()
    ]
    save(figure, path, looks)


def draw_change(axis, height, labels, gain):
    """Draw the mean and the range of the draws from one number of labels."""
    mean, color = gain.mean(), CHANGE_COLORS.get(labels, "0.5")
    height += -0.14 if labels < 100 else 0.14
    if mean < LEAST_CHANGE + 0.01:
        axis.plot(LEAST_CHANGE + 0.006, height, "<", color=color)
        axis.text(LEAST_CHANGE + 0.016, height, f"{mean:.2f}", color=color, va="center")
        return
    axis.hlines(height, gain.min(), gain.max(), color=color, alpha=0.6)
    axis.plot(mean, height, "o", color=color, markersize=5)

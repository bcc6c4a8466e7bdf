"""The plots of the study of labels."""

import matplotlib.pyplot as plt
import numpy as np
from label_study_methods import DEFAULT, REFERENCE
from label_study_report import SCORE, with_titles
from pages import STYLE

# Colours of Okabe and Ito, which colour-blind readers tell apart, too.
LOOKS = {
    "GE-binomial": {"color": "#D55E00", "marker": "o", "linestyle": "-"},
    "GE-KL": {"color": "#009E73", "marker": "s", "linestyle": "--"},
    "NN-PU": {"color": "#0072B2", "marker": "D", "linestyle": "-."},
    "PN": {"color": "#E69F00", "marker": "^", "linestyle": ":"},
    REFERENCE: {"color": "0.25", "marker": "X", "linestyle": "-"},
}


def draw_plots(table, folder):
    """Write both plots, if there are rows for them."""
    table = with_titles(table[table.method.isin(LOOKS)])
    plots = {"labels": draw_scores, "curves": draw_curves} if len(table) else {}
    with plt.style.context(STYLE):
        for name, draw in plots.items():
            figure = draw(table)
            figure.legend(
                *figure.axes[0].get_legend_handles_labels(),
                **{"loc": "outside lower center", "ncols": len(LOOKS)},
            )
            figure.savefig(folder / f"label_study_{name}.png")
            plt.close(figure)


def looks_of(rows):
    """Yield the rows and the look of each method; the default is named as such."""
    for name, look in LOOKS.items():
        label = name + " (default)" * (name == DEFAULT)
        yield rows[rows.method == name], look | {"label": label}


def draw_scores(table):
    """Draw average precision against the number of labels, a panel per data set.

    Bars reach from the least to the greatest draw. Methods lie side by side so that no
    bar hides another.
    """
    n = table.data.nunique()
    figure, axes = plt.subplots(1, n, figsize=(3 * n, 3.7), squeeze=False)
    axes[0, 0].set_ylabel("average precision")
    for axis, (data, rows) in zip(axes[0], table.groupby("data"), strict=True):
        for place, (part, look) in enumerate(looks_of(rows)):
            draws = part.groupby("n_labels")[SCORE]
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
    return figure


def draw_curves(table):
    """Draw precision against recall, a row of panels per data set."""
    data_sets, counts = table.data.unique(), sorted(table.labels.unique())
    shape = len(data_sets), len(counts)
    size = {"figsize": (3.4 * shape[1], 2.5 * shape[0] + 0.5), "squeeze": False}
    figure, axes = plt.subplots(*shape, sharex=True, **size)
    for (data, labels), rows in table.groupby(["data", "labels"]):
        line = axes[list(data_sets).index(data)]
        axis = line[counts.index(labels)]
        for part, look in looks_of(rows):
            draw_curve(axis, part.curve, look | {"marker": ""})
        bottom = 0.4 if table[table.data == data][SCORE].min() > 0.8 else 0
        axis.set(xlim=(0, 1), ylim=(bottom, 1.02), xticks=np.arange(0, 1.1, 0.2))
        axis.set(title=f"{data}, {rows.title.iloc[0]}")
        line[0].set_ylabel("precision")
    for axis in axes[-1]:
        axis.set_xlabel("recall")
    return figure


def draw_curve(axis, texts, look):
    """Draw the mean of curves, and one standard deviation around it."""
    if not len(texts):
        return
    curves = np.array([text.split() for text in texts], float) / 1000
    reached = (curves > 0).all(axis=0)  # at 0 the recall is out of reach
    recall = (np.flatnonzero(reached) + 1) / 100
    mean, spread = curves[:, reached].mean(axis=0), curves[:, reached].std(axis=0)
    axis.plot(recall, mean, **look)
    band = {"color": look["color"], "alpha": 0.15, "linewidth": 0}
    axis.fill_between(recall, mean - spread, mean + spread, **band)

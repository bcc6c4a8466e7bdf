"""The plots of the study of labels."""

import matplotlib.pyplot as plt
import numpy as np
from label_study_methods import DEFAULT, REFERENCE
from label_study_report import SCORE, with_titles
from pages import STYLE

# Of Okabe and Ito, which colour-blind readers tell apart, too; and lines.
LOOKS = {
    "GE-binomial": ("#D55E00", "o-"),
    "GE-KL": ("#009E73", "s--"),
    "NN-PU": ("#0072B2", "D-."),
    "PN": ("#E69F00", "^:"),
    REFERENCE: ("0.25", "X-"),
}


def draw_plots(table, folder):
    """Write both plots, if there are rows for them."""
    table = with_titles(table[table.method.isin(LOOKS)])
    if not len(table):
        return
    with plt.style.context(STYLE):
        for draw, name in ((draw_scores, "labels"), (draw_curves, "curves")):
            figure = draw(table)
            names = figure.axes[0].get_legend_handles_labels()
            figure.legend(*names, loc="outside lower center", ncols=len(LOOKS))
            figure.savefig(folder / f"label_study_{name}.png")
            plt.close(figure)


def draw_lines(axis, table, **options):
    """Draw a line per method, a column of the table."""
    table = table.reindex(columns=[*LOOKS]).dropna(axis=1, how="all")
    colors, lines = zip(*(LOOKS[name] for name in table), strict=True)
    table = table.rename(columns={DEFAULT: f"{DEFAULT} (default)"})
    table.plot(ax=axis, color=colors, style=list(lines), legend=False, **options)


def draw_scores(table):
    """Draw average precision against the number of labels, a panel per data set.

    Bars reach from the least to the greatest draw.
    """
    data_sets = table.groupby("data")
    size = {"figsize": (3 * len(data_sets), 3.7), "squeeze": False}
    figure, axes = plt.subplots(1, len(data_sets), **size)
    for axis, (data, rows) in zip(axes[0], data_sets, strict=True):
        draws = rows.groupby(["n_labels", "method"])[SCORE]
        mean = draws.mean().unstack()
        draw_lines(axis, mean, logx=True, title=data, xlabel="labels")
        for (n_labels, method), score in draws:
            x = n_labels * 1.06 ** (list(LOOKS).index(method) - 2)  # side by side
            color = LOOKS[method][0]
            axis.vlines(x, score.min(), score.max(), color=color, linewidth=1.2)
        axis.set_xticks(mean.index, [f"{n:,}" for n in mean.index], minor=False)
        axis.minorticks_off()
    axes[0, 0].set_ylabel("average precision")
    return figure


def draw_curves(table):
    """Draw precision against recall, a row of panels per data set."""
    data_sets, counts = list(table.data.unique()), sorted(table.labels.unique())
    size = (3.4 * len(counts), 2.5 * len(data_sets) + 0.5)
    figure, axes = plt.subplots(
        len(data_sets), len(counts), figsize=size, sharex=True, squeeze=False
    )
    for (data, labels, title), rows in table.groupby(["data", "labels", "title"]):
        curves = rows.set_index("method").curve.str.split(expand=True).astype(float)
        curves = curves.set_axis(np.arange(1, 101) / 100, axis=1).groupby("method")
        mean = (curves.mean() / 1000).where(curves.min() > 0)  # 0: out of reach
        axis = axes[data_sets.index(data), counts.index(labels)]
        least = 0.4 if table[SCORE][table.data == data].min() > 0.8 else 0
        options = {"xlabel": "recall", "ylabel": "precision", "markersize": 0}
        options |= {"xlim": (0, 1), "ylim": (least, 1.02)}
        draw_lines(axis, mean.T, title=f"{data}, {title}", **options)
    return figure

"""The page of the benchmark of collapses: its tables and its figure."""

import matplotlib.pyplot as plt
import numpy as np
from pages import HERE, write_page

# What a case is: upside down, nothing found, a cut far off, or right.
UPSIDE_DOWN, NOTHING, FAR_OFF, RIGHT = range(4)
COLORS = ("#b2182b", "#ef8a62", "#fddbc7", "#d9ead3")
TITLES = (
    "AUC below 0.5",
    "F1 is 0",
    "F1 below half of that at the prior's cut",
    "right",
)
PART = 0.5


def report(table, conditions, folder):
    """Write the page and its figure."""
    table = table.assign(state=states(table), is_told=table.warning.notna())
    bad = table[table.state < FAR_OFF]
    write_page(
        folder / "collapse.md",
        conditions=conditions,
        n_cases=len(table),
        n_bad=len(bad),
        silent=silent(bad),
        n_far=int((table.state == FAR_OFF).sum()),
        n_far_told=int(table[table.state == FAR_OFF].is_told.sum()),
        n_right=int((table.state == RIGHT).sum()),
        n_right_told=int(table[table.state == RIGHT].is_told.sum()),
        seeds=sorted(table.seed.unique()),
        labels=list(table.labels.unique()),
    )
    draw(table, folder / "collapse.png")


def states(table):
    """Return what each case is."""
    conditions = [
        table.roc_auc < 0.5,
        table.f1 < 0.005,
        table.f1 < PART * table.f1_at_prior,
    ]
    return np.select(conditions, [UPSIDE_DOWN, NOTHING, FAR_OFF], RIGHT)


def silent(bad):
    """Return the cases that break the rule without a warning, as lines."""
    return [
        f"{row.method}, {row.data}, prior {row.prior:g}, {row.labels} labels: "
        f"AUC {row.roc_auc:.2f}, F1 {row.f1:.2f}"
        for row in bad[~bad.is_told].itertuples()
    ]


def draw(table, path):
    """Draw a cell for each case: its colour is its state, a dot is a warning."""
    kinds, methods = table.data.unique(), list(table.method.unique())
    priors = np.sort(table.prior.unique())
    columns = [(p, k) for p in priors for k in table.labels.unique()]
    with plt.style.context(HERE / "style.mplstyle"):
        size = (2.4 + 0.32 * len(columns) * len(kinds), 1.5 + 0.2 * len(methods))
        figure, [axes] = plt.subplots(
            1,
            len(kinds),
            sharey=True,
            figsize=size,
            squeeze=False,
            layout="constrained",
        )
        for axis, kind in zip(axes, kinds, strict=True):
            draw_kind(axis, table[table.data == kind], methods, columns)
            axis.set_title(kind)
        axes[0].set_yticks(range(len(methods)), methods)
        axes[0].set_ylim(len(methods) - 0.5, -0.5)
        handles = [
            plt.Rectangle((0, 0), 1, 1, color=color, label=title)
            for color, title in zip(COLORS, TITLES, strict=True)
        ]
        dot = plt.Line2D([], [], color="k", marker="o", ms=4, ls="", label="warns")
        handles.append(dot)
        place = {"loc": "outside lower left", "ncols": 2, "frameon": False}
        figure.legend(handles=handles, fontsize=8, **place)
        figure.savefig(path)
        plt.close(figure)


def draw_kind(axis, rows, methods, columns):
    """Draw the cases of one kind of data; the worst state of several draws counts."""
    grouped = rows.groupby(["method", "prior", "labels"], sort=False)
    for (method, prior, labels), group in grouped:
        x, y = columns.index((prior, labels)), methods.index(method)
        worst = group.loc[group.state.idxmin()]
        axis.add_patch(
            plt.Rectangle(
                (x - 0.47, y - 0.46), 0.94, 0.92, color=COLORS[int(worst.state)]
            )
        )
        if worst.is_told:
            axis.plot(x, y, "ko", ms=4)
    axis.set(xlim=(-0.5, len(columns) - 0.5), xlabel="prior")
    n_labels = len({label for _, label in columns})
    names = [f"{p:g}" if n_labels == 1 else f"{p:g}\n{label}" for p, label in columns]
    axis.set_xticks(range(len(columns)), names, fontsize=7)
    axis.tick_params(length=0)
    axis.grid(False)
    for spine in axis.spines.values():
        spine.set_visible(False)

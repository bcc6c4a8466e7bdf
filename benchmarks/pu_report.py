"""The page of the benchmark of PU learning: its tables and its plot."""

from functools import partial

import numpy as np
import pandas as pd
from pages import panels, score_cells, write_page
from pu_data import TASKS
from pu_methods import CEILING, CRITERIA, DEFAULT, ESTIMATED, OURS, PEERS, TOO_SLOW

METRICS = {"accuracy": "Accuracy", "f1": "F1", "roc_auc": "ROC AUC"}
N_DRAWS = 3  # of all methods
TASK_NAMES = [task.name for task in TASKS]
# The data sets of each table.
GROUPS = (
    ("MNIST",),
    ("spambase", "mushroom", "page-blocks"),
    ("digits", "breast cancer"),
)
COLORS = ("C3", "C3", "C0", "C4", "C2", "0.55")  # of each kind of method
MARKERS = {"case-control": "o", "single": "D"}


def report(table, conditions, folder):
    """Write the page and its plot."""
    write_page(folder / "pu_benchmark.md", conditions=conditions, **page_values(table))
    draw_plot(table, folder / "pu_benchmark.png")


def page_values(table):
    """Return what the template of the page is filled with."""
    table = with_tasks(table)
    compared = table[table.seed < N_DRAWS]
    failed = compared[compared.error.notna()].groupby("method")
    cells = partial(score_cells, ceiling=CEILING)
    return {
        "is_complete": set(OURS) <= set(table.method)
        and {*TASK_NAMES} == {*table.task},
        "default": DEFAULT,
        "estimated": ESTIMATED,
        "ceiling": CEILING,
        "n_draws": N_DRAWS,
        "seeds": sorted(compared.seed.unique()),
        "last_seed": table.seed.max(),
        "shortfall": partial(shortfall, compared),
        "metrics": {
            title: tables(compared, partial(cells, metric=metric))
            for metric, title in METRICS.items()
        },
        "more_draws": more_draws(table),
        "seconds": tables(compared, least_seconds),
        "slow": sorted(f"{method} on {data}" for method, data in TOO_SLOW),
        "has_peers": compared.method.isin(PEERS).any(),
        "failed": failed.agg({"data": "nunique", "error": "first"}),
    }


def with_tasks(table):
    """Return the rows in the order of the tasks, with the name of each row's task."""
    tasks = pd.DataFrame(TASKS).assign(task=TASK_NAMES)
    return tasks.merge(table.astype({"labels": float}))


def methods_of(table):
    """Return the methods that have rows: kind by kind, the better ones first."""
    mean = table.groupby(["method", "task"]).accuracy.mean()
    # Not every method has rows of every task.
    mean = (mean - mean.groupby("task").mean()).fillna(-1)
    mean = mean.groupby("method").mean()
    return sorted(mean.index, key=lambda name: (kind(name), -mean[name]))


def kind(method):
    """Return the place of a method's kind in the table."""
    if method == CEILING:
        return 5
    kinds = ([DEFAULT], [ESTIMATED], CRITERIA, OURS, PEERS)
    return [method in names for names in kinds].index(True)


def tables(table, cells):
    """Return methods by tasks, a table for each group of data sets that has rows."""
    groups = [table[table.data.isin(names)] for names in GROUPS]
    frames = [cells(rows, "task") for rows in groups if len(rows)]
    titles = {name: name.replace(", ", "<br>") for name in TASK_NAMES}
    return [frame.reindex(methods_of(table)).rename(columns=titles) for frame in frames]


def least_seconds(rows, columns):
    """Return the least of the draws: other work makes a fit longer, never shorter."""
    least = rows.groupby(["method", columns], sort=False).seconds.min()
    texts = least.map("{:.1f}".format).replace("nan", "fails").unstack()
    return texts[rows[columns].unique()]


def more_draws(table):
    """Return the means of tasks and methods that have more draws than the others."""
    groups = table.groupby(["task", "method"], sort=False)
    means = groups[list(METRICS)].mean().map("{:.4f}".format).rename(columns=METRICS)
    means.insert(0, "draws", groups.size())
    return means[means.draws > N_DRAWS].reset_index("method")


def shortfall(table, method, tasks=""):
    """Return the greatest loss of mean accuracy against the best method of a task.

    `tasks` is a part of the names of the tasks that count.
    """
    rows = table[
        (table.method != CEILING) & table.task.str.contains(tasks, regex=False)
    ]
    means = rows.groupby(["task", "method"]).accuracy.mean().unstack()
    return f"{(means.max(axis=1) - means[method]).max():.3f}"


def draw_plot(table, path):
    """Draw the score of every method, a panel per data set."""
    table = with_tasks(table[table.seed < N_DRAWS])
    methods, data_sets = methods_of(table), table.data.unique()
    if not methods:
        return
    height = 1.7 + 0.25 * len(methods)
    with panels(path, len(data_sets), width=2.6, height=height, sharey=True) as axes:
        for axis, data in zip(axes, data_sets, strict=True):
            draw_panel(axis, table[table.data == data], methods)
        axes[0].set_yticks(range(len(methods)), methods)
        axes[0].set_ylim(len(methods) - 0.5, -0.5)
        for label, method in zip(axes[0].get_yticklabels(), methods, strict=True):
            label.set_color(COLORS[kind(method)])
            label.set_fontweight("bold" if method == DEFAULT else "normal")


def draw_panel(axis, rows, methods):
    """Draw one data set: a marker per method and task, at the mean over draws."""
    data = rows.data.iloc[0]
    metric, title, ticks = "accuracy", "accuracy", np.arange(0.6, 1.01, 0.1)
    if data == "page-blocks":  # a tenth are positives
        metric, title, ticks = "f1", "F1", np.arange(0.3, 0.91, 0.2)
    means = rows.groupby(["scheme", "labels", "method"], sort=False)[metric].mean()
    for (scheme, labels, method), mean in means.dropna().items():
        marker = "s" if (scheme, labels) == ("single", 500) else MARKERS[scheme]
        color = COLORS[kind(method)]
        if mean < ticks[0]:
            mean, marker = ticks[0] + 0.02, "<"
        face = color if scheme == "case-control" else "white"
        height = methods.index(method)
        axis.plot(mean, height, marker, color=color, markerfacecolor=face)
    axis.set(title=f"{data}\n{title}", xticks=ticks, xlim=(ticks[0], ticks[-1] + 0.02))
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0)
    if DEFAULT in methods:
        height = methods.index(DEFAULT)
        axis.axhspan(height - 0.5, height + 0.5, color="C1", alpha=0.15, zorder=0)

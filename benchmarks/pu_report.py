"""The page of the benchmark of PU learning: its tables, and what follows from them."""

from functools import partial

import pandas as pd
from pages import score_cells, write_page
from pu_data import TASKS
from pu_methods import (
    CEILING,
    DEFAULT,
    ESTIMATED,
    KINDS,
    METHODS,
    OURS,
    PEERS,
    TOO_SLOW,
)
from pu_plot import draw_plot

METRICS = {"f1": "F1", "accuracy": "Accuracy", "roc_auc": "ROC AUC"}
N_DRAWS = 3  # of all methods
TASK_NAMES = [task.name for task in TASKS]
# The data sets of each table.
GROUPS = (
    ("MNIST",),
    ("spambase", "mushroom", "page-blocks"),
    ("bank", "messages", "digits", "breast cancer"),
)
LINEAR = "logistic regression cut at the prior"
SEARCHED = "logistic regression with C searched, cut at the prior"
AS_GOOD = 0.01  # a difference of F1 that is not worth a choice


def report(table, conditions, folder):
    """Write the page and its plot."""
    write_page(folder / "pu_benchmark.md", conditions=conditions, **page_values(table))
    table = with_tasks(table)
    draw_plot(table[table.seed < N_DRAWS], methods_of, folder / "pu_benchmark.png")


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
        "linear": LINEAR,
        "searched": SEARCHED,
        "as_good": AS_GOOD,
        "n_draws": N_DRAWS,
        "seeds": sorted(compared.seed.unique()),
        "last_seed": table.seed.max(),
        "shortfall": partial(shortfall, compared),
        "seconds_of": partial(seconds_of, compared),
        **network_beside_linear(table),
        "metrics": {
            title: tables(compared, partial(cells, metric=metric))
            for metric, title in METRICS.items()
        },
        "seconds": tables(compared, least_seconds),
        "slow": sorted(f"{method} on {data}" for method, data in TOO_SLOW),
        "has_peers": compared.method.isin(PEERS).any(),
        "without_peers": without_peers(compared),
        "failed": failed.agg({"data": "nunique", "error": "first"}),
    }


def with_tasks(table):
    """Return the rows in the order of the tasks, with the name of each row's task."""
    tasks = pd.DataFrame(TASKS).assign(task=TASK_NAMES)
    return tasks.merge(table.astype({"labels": float}))


def methods_of(table):
    """Return the methods that have rows: kind by kind, the better ones first."""
    mean = table.groupby(["method", "task"]).f1.mean()
    # Not every method has rows of every task.
    mean = (mean - mean.groupby("task").mean()).fillna(-1)
    mean = mean.groupby("method").mean()
    kinds = list(KINDS)
    return sorted(
        mean.index,
        key=lambda name: (
            *(kinds.index(METHODS[name]["kind"]), name != DEFAULT),
            -mean[name],
        ),
    )


def tables(table, cells):
    """Return methods by tasks, a table for each group of data sets that has rows."""
    groups = [table[table.data.isin(names)] for names in GROUPS]
    frames = [cells(rows, "task") for rows in groups if len(rows)]
    titles = {name: name.replace(", ", "<br>") for name in TASK_NAMES}
    return [frame.reindex(methods_of(table)).rename(columns=titles) for frame in frames]


def least_seconds(rows, columns):
    """Return the least of the draws: other work makes a fit longer, never shorter."""
    least = rows.groupby(["method", columns], sort=False).seconds.min()
    return least.map(seconds_text).unstack()[rows[columns].unique()]


def seconds_text(seconds):
    """Return a time with as many digits as it is known to."""
    if seconds != seconds:
        return "fails"
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2f}"


def gains(table, first, second):
    """Return how much greater the F1 of a method is than that of another, by task.

    These are the mean and its standard error over the draws that both have, in two
    columns of a frame.
    """
    pairs = table.pivot(index=["task", "seed"], columns="method", values="f1")
    pairs = pairs.reindex(columns=[first, second]).dropna()
    difference = (pairs[first] - pairs[second]).groupby("task")
    frame = difference.agg(["mean", "sem"])
    return frame.reindex([name for name in TASK_NAMES if name in frame.index])


def network_beside_linear(table):
    """Return where a linear model does as well as the default, and a table of both."""
    loss = gains(table, DEFAULT, SEARCHED)
    rows = {task: beside_linear(table[table.task == task]) for task in loss.index}
    frame = pd.DataFrame(rows).T
    frame["network minus C searched"] = [
        f"{mean:+.3f} ± {error:.3f}" for mean, error in loss.to_numpy()
    ]
    most = loss.nlargest(3, "mean")["mean"].items()
    return {
        "beside_linear": frame,
        "n_compared": len(loss),
        "even": loss.index[loss["mean"] <= AS_GOOD].tolist(),
        "largest_gain": "; ".join(f"{task} ({mean:.3f})" for task, mean in most),
    }


def beside_linear(rows):
    """Return the cells of a task: F1 and seconds of the default and linear models."""
    names = {"network": DEFAULT, "C = 1": LINEAR, "C searched": SEARCHED}
    draws = rows.pivot(index="seed", columns="method", values="f1")
    draws = draws.reindex(columns=names.values()).dropna()
    seconds = rows.groupby("method").seconds.min()
    f1 = {f"F1, {title}": f"{draws[name].mean():.3f}" for title, name in names.items()}
    times = {
        f"seconds, {title}": seconds_text(seconds[name])
        for title, name in names.items()
    }
    return {"draws": len(draws), **f1, **times}


def seconds_of(table, method):
    """Return the least and the greatest seconds of a method over the tasks, as text."""
    least = table[table.method == method].groupby("task").seconds.min()
    return f"{seconds_text(least.min())} to {seconds_text(least.max())}"


def shortfall(table, method, tasks=""):
    """Return the greatest loss of mean F1 against the best method of a task.

    `tasks` is a part of the names of the tasks that count.
    """
    rows = table[
        (table.method != CEILING) & table.task.str.contains(tasks, regex=False)
    ]
    means = rows.groupby(["task", "method"]).f1.mean().unstack()
    return f"{(means.max(axis=1) - means[method]).max():.3f}"


def without_peers(table):
    """Return the data sets on which other libraries have not been run."""
    with_peers = table[table.method.isin(PEERS)].data.unique()
    return [name for name in table.data.unique() if name not in with_peers]

"""The plot of the benchmark of PU learning."""

import numpy as np
from plots import handle, new_figure, save, style
from pu_methods import DEFAULT
from pu_report import first_draws, kind, methods_of, select, tasks_of

# Of each kind of method.
COLORS = ("C3", "C3", "C0", "C4", "C2", "0.55")
MARKERS = {  # marker, whether it is filled, and what it means
    ("case-control", 500): ("o", True, "case-control, few labels (10 %, 500)"),
    ("case-control", 0.1): ("o", True, "case-control, few labels (10 %, 500)"),
    ("single", 500): ("s", False, "single, 500 labels"),
    ("single", 0.5): ("D", False, "single, half of the positives labelled"),
    ("single", 2500): ("D", False, "single, half of the positives labelled"),
}
KINDS = {
    "default criterion": COLORS[0],
    "other criteria": COLORS[2],
    "around scikit-learn's classifiers": COLORS[3],
    "other libraries": COLORS[4],
    "every label known": COLORS[5],
}


def draw_plot(table, path):
    """Draw the score of every method, a panel per data set."""
    table = first_draws(table)
    tasks, methods = tasks_of(table), methods_of(table)
    if not tasks:
        return
    data_sets = list(dict.fromkeys(task.data for task in tasks))
    with style():
        height = 1.6 + 0.25 * len(methods)
        figure, axes = new_figure(1, len(data_sets), 2.6, height, sharey=True)
        for axis, data in zip(axes[0], data_sets, strict=True):
            of_data = [task for task in tasks if task.data == data]
            draw_panel(axis, table, of_data, methods)
        axes[0, 0].set_yticks(range(len(methods)), methods)
        axes[0, 0].set_ylim(len(methods) - 0.5, -0.5)
        for label, method in zip(axes[0, 0].get_yticklabels(), methods, strict=True):
            label.set_color(COLORS[kind(method)])
            label.set_fontweight("bold" if method == DEFAULT else "normal")
        save(figure, path, legend(tasks))


def draw_panel(axis, table, tasks, methods):
    """Draw one data set: a marker per method and task, at the mean over draws."""
    metric, least, most = "accuracy", 0.6, 1.0
    if tasks[0].data == "page-blocks":  # a tenth are positives
        metric, least, most = "f1", 0.3, 0.9
    for task in tasks:
        means = select(table, task).groupby("method")[metric].mean().reindex(methods)
        marker, filled, _ = MARKERS[task.scheme, task.labels]
        for height, mean in enumerate(means):
            color = COLORS[kind(methods[height])]
            look = {"color": color, "markerfacecolor": color if filled else "white"}
            if mean < least:
                axis.plot(least, height, "<", clip_on=False, **look)
            elif not np.isnan(mean):
                axis.plot(mean, height, marker, markersize=6, **look)
    axis.set_xlim(least, most + 0.02 * (most - least))
    axis.set_xticks(np.arange(least, most + 0.01, 0.1 if metric == "accuracy" else 0.2))
    axis.set_title(f"{tasks[0].data}\n{'F1' if metric == 'f1' else 'accuracy'}")
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0)
    default = methods.index(DEFAULT) if DEFAULT in methods else -1
    axis.axhspan(default - 0.5, default + 0.5, color="C1", alpha=0.15, zorder=0)


def legend(tasks):
    """Return the entries of the legend: kinds of methods, and of labels."""
    handles = [
        handle(color, name, marker="o", linestyle="") for name, color in KINDS.items()
    ]
    used = dict.fromkeys(MARKERS[task.scheme, task.labels] for task in tasks)
    for marker, filled, text in used:
        face = {"markerfacecolor": "0.2" if filled else "white"}
        handles.append(handle("0.2", text, marker=marker, linestyle="", **face))
    handles.append(handle("0.2", "below the scale", marker="<", linestyle=""))
    return handles

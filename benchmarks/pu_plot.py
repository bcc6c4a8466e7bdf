"""The picture of the benchmark of PU learning."""

import numpy as np
from pu_report import DEFAULT, GOALS, compared, kind, methods_of, select, tasks_of

MARKERS = {
    ("case-control", 500): ("o", True),
    ("case-control", 0.1): ("o", True),
    ("single", 500): ("s", False),
    ("single", 0.5): ("D", False),
    ("single", 2500): ("D", False),
}


def draw_plot(table, path):
    """Draw the score of every method, a panel per data set."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    table = compared(table)
    tasks = tasks_of(table)
    data = list(dict.fromkeys(task.data for task in tasks))
    methods = methods_of(table)
    figure, axes = plt.subplots(
        1,
        len(data),
        figsize=(3.4 + 2 * len(data), 1.6 + 0.25 * len(methods)),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axis, name in zip(axes[0], data, strict=True):
        draw_panel(axis, table, [task for task in tasks if task.data == name], methods)
    axes[0, 0].set_yticks(range(len(methods)), methods)
    axes[0, 0].set_ylim(len(methods) - 0.5, -0.5)
    for label, method in zip(axes[0, 0].get_yticklabels(), methods, strict=True):
        label.set_color(color(method))
        label.set_fontweight("bold" if method == DEFAULT else "normal")
    figure.legend(
        handles=legend(plt.Line2D, tasks),
        loc="outside lower center",
        ncols=5,
        frameon=False,
    )
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_panel(axis, table, tasks, methods):
    """Draw one data set: a marker per method and task, at the mean over seeds."""
    metric = "f1" if tasks[0].data == "page-blocks" else "accuracy"
    least = 0.3 if metric == "f1" else 0.6
    values = []
    for task in tasks:
        means = select(table, task).groupby("method")[metric].mean().reindex(methods)
        marker, filled = MARKERS[task.scheme, task.labels]
        values += list(means.dropna())
        for height, (method, mean) in enumerate(means.items()):
            if np.isnan(mean):
                continue
            face = color(method) if filled else "white"
            style = {"color": color(method), "markerfacecolor": face, "markersize": 6}
            if mean < least:  # off the scale: an arrow at the edge
                axis.plot(least, height, "<", **style)
            else:
                axis.plot(mean, height, marker, **style)
    top = max(values)
    axis.set_xlim(least - 0.03 * (top - least), top + 0.03 * (top - least))
    for task, of, _, goal in GOALS:
        if task == tasks[0] and of == metric:
            axis.axvline(goal, color="0.3", linestyle=":", linewidth=1)
    axis.set_title(f"{tasks[0].data}\n{'F1' if metric == 'f1' else 'accuracy'}")
    axis.grid(axis="both", color="0.92", linewidth=0.8)
    axis.set_axisbelow(True)
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    for height, method in enumerate(methods):
        if method == DEFAULT:
            axis.axhspan(height - 0.5, height + 0.5, color="C1", alpha=0.15, zorder=0)


def color(method):
    """Return the colour of a kind of method."""
    return ("C3", "C3", "C0", "C4", "C2", "0.55")[kind(method)]


def legend(line, tasks):
    """Return the handles of the legend: kinds of methods, and of labels."""
    kinds = [
        ("default criterion", "C3"),
        ("other criteria", "C0"),
        ("around scikit-learn's classifiers", "C4"),
        ("other libraries", "C2"),
        ("every label known", "0.55"),
    ]
    handles = [
        line([], [], color=shade, marker="o", linestyle="", label=name)
        for name, shade in kinds
    ]
    texts = {
        ("o", True): "case-control, few labels (10 %, 500)",
        ("s", False): "single, 500 labels",
        ("D", False): "single, half of the positives labelled",
    }
    used = {MARKERS[task.scheme, task.labels] for task in tasks}
    for (marker, filled), text in texts.items():
        if (marker, filled) in used:
            face = "0.2" if filled else "white"
            style = {"color": "0.2", "markerfacecolor": face, "linestyle": ""}
            handles.append(line([], [], marker=marker, label=text, **style))
    handles.append(line([], [], color="0.3", linestyle=":", label="goal, case-control"))
    handles.append(
        line([], [], marker="<", color="0.2", linestyle="", label="below the scale")
    )
    return handles

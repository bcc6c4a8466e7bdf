"""The plot of the benchmark of PU learning."""

import numpy as np
from plots import handle, new_figure, save, style
from pu_methods import DEFAULT
from pu_report import N_DRAWS, kind, methods_of, with_tasks

# A name and a colour for each kind of method.
KINDS = (
    ("default criterion", "C3"),
    ("default criterion", "C3"),
    ("other criteria", "C0"),
    ("around scikit-learn's classifiers", "C4"),
    ("other libraries", "C2"),
    ("every label known", "0.55"),
)
FEW = ("o", "case-control, few labels (10 %, 500)")
MANY = ("D", "single, half of the positives labelled")
MARKERS = {
    ("case-control", 500): FEW,
    ("case-control", 0.1): FEW,
    ("single", 500): ("s", "single, 500 labels"),
    ("single", 0.5): MANY,
    ("single", 2500): MANY,
}


def draw_plot(table, path):
    """Draw the score of every method, a panel per data set."""
    table = with_tasks(table[table.seed < N_DRAWS])
    methods = methods_of(table)
    if not methods:
        return
    data_sets = table.data.unique()
    with style():
        height = 1.6 + 0.25 * len(methods)
        figure, axes = new_figure(1, len(data_sets), 2.6, height, sharey=True)
        for axis, data in zip(axes[0], data_sets, strict=True):
            draw_panel(axis, table[table.data == data], methods)
        first = axes[0, 0]
        first.set_yticks(range(len(methods)), methods)
        first.set_ylim(len(methods) - 0.5, -0.5)
        for label, method in zip(first.get_yticklabels(), methods, strict=True):
            label.set_color(KINDS[kind(method)][1])
            label.set_fontweight("bold" if method == DEFAULT else "normal")
        save(figure, path, legend(table))


def draw_panel(axis, rows, methods):
    """Draw one data set: a marker per method and task, at the mean over draws."""
    data, metric, title = rows.data.iloc[0], "accuracy", "accuracy"
    least, most, step = 0.6, 1.0, 0.1
    if data == "page-blocks":  # a tenth are positives
        metric, title, least, most, step = "f1", "F1", 0.3, 0.9, 0.2
    means = rows.groupby(["scheme", "labels", "method"], sort=False)[metric].mean()
    for (scheme, labels, method), mean in means.dropna().items():
        marker, _ = MARKERS[scheme, labels]
        if mean < least:
            mean, marker = least + 0.02, "<"
        color = KINDS[kind(method)][1]
        face = color if scheme == "case-control" else "white"
        axis.plot(
            mean, methods.index(method), marker, color=color, markerfacecolor=face
        )
    axis.set_xlim(least, most + 0.04 * (most - least))
    axis.set_xticks(np.arange(least, most + 0.01, step))
    axis.set_title(f"{data}\n{title}")
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0)
    if DEFAULT in methods:
        height = methods.index(DEFAULT)
        axis.axhspan(height - 0.5, height + 0.5, color="C1", alpha=0.15, zorder=0)


def legend(table):
    """Return the entries of the legend: kinds of methods, and of labels."""
    used = set(zip(table.scheme, table.labels, strict=True))
    looks = [(name, color, "o", color) for name, color in dict.fromkeys(KINDS)]
    for marker, text in dict.fromkeys(MARKERS[names] for names in used):
        looks.append((text, "0.2", marker, "0.2" if marker == "o" else "white"))
    looks.append(("below the scale", "0.2", "<", "0.2"))
    return [
        handle(color, name, marker=marker, markerfacecolor=face, linestyle="")
        for name, color, marker, face in looks
    ]

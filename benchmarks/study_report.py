"""The page of the study of labels; every statement of who leads is computed here."""

import os

from resumable import processor, versions
from study_data import DATA_SETS
from study_methods import CHANGES, CODED, CRITERIA, DEFAULT, REFERENCE

SCORE = "average_precision"
AT_RECALL = {f"precision_at_{at}": f"P at {at} % recall" for at in (50, 70, 90)}
SECONDS = ["fit_seconds", "pick_seconds"]
OURS = "GE-binomial"
AUTOENCODER = (
    "\n\nEmpty cells were not run. The weight is that of the paper, 10 divided by the "
    "number of labels, on the sum of the squared errors of all pixels. The risks of PN "
    "and NN-PU are as small as the prior, so at 10 labels it outweighs them."
)
# Lead over reference images, and greatest loss from a prior that is off by 2.
LEAD, LEAD_ON_SIMULATED, LOSS = 0.0, 0.08, 0.02


def write_page(table, file):
    """Write what leads, the tables, and what was run."""
    compared = table[~table.method.isin(CHANGES)]
    changed = table[table.method.isin([DEFAULT, *CHANGES])]
    parts = [
        "# Picking from few labels",
        "Average precision (AP) and precision (P) at a recall, on micrographs that "
        "were not learnt from, against all their particles: mean ± standard deviation "
        "over draws of labels, the best in bold. All methods learn from the same "
        f'labels. The default of `make_picker` is "{DEFAULT}". A difference is the '
        "mean over draws, in bold where all draws agree on its sign; where they do "
        "not, two methods are called level.",
        *section("Goals", goal_table(table)),
        *section("Average precision", pictures(), *data_tables(compared, score_table)),
        *section(f"Where {OURS} leads", *leads(compared)),
        *section("What the autoencoder does", autoencoder_table(compared)),
        *section("Defaults changed one by one", *changes(changed)),
        *section("Precision at 50 and 70 % recall", *data_tables(compared, at_table)),
        *section("Seconds", seconds_table(table)),
        *section("What was run", what_was_run(table)),
    ]
    file.write("\n\n".join(parts) + "\n")


def section(title, *parts):
    """Return a heading and what is below it, nothing where that is nothing."""
    parts = [part for part in parts if part]
    return [f"## {title}", *parts] if parts else []


def pictures():
    return (
        "![Average precision against the number of labels](label_study_labels.png)\n\n"
        "![Precision against recall](label_study_curves.png)"
    )


def data_sets(table):
    """Return the names of the data sets that have rows, in their order."""
    return [name for name in DATA_SETS if (table.data == name).any()]


def label_counts(table):
    """Return the numbers of labels in the table, ascending."""
    return sorted(table.labels.unique())


def methods_of(table):
    """Return the methods that have rows, in the order of the page."""
    first = [REFERENCE, *CRITERIA, *(name + CODED for name in CRITERIA)]
    order = [*([] if DEFAULT in first else [DEFAULT]), *first, *CHANGES]
    return [name for name in order if (table.method == name).any()]


def label_title(rows, labels):
    """Return the title of a column: the number of labels that there were."""
    n_labels = rows[rows.labels == labels].n_labels.max()
    return f"{labels:,} labels" if n_labels == labels else f"all {n_labels:,} labels"


def markdown(titles, lines):
    """Return a table; a line is a list of cells."""
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def data_tables(table, one_table):
    """Return a heading and a table per data set."""
    parts = []
    for name in data_sets(table):
        rows = table[table.data == name]
        parts += [f"### {name}", one_table(rows)]
    return parts


def score_table(rows):
    return metric_table(rows, {SCORE: "AP", "precision_at_90": "P at 90 % recall"})


def at_table(rows):
    return metric_table(rows, {at: AT_RECALL[at] for at in list(AT_RECALL)[:2]})


def metric_table(rows, metrics):
    """Return a table of methods by metrics and numbers of labels."""
    methods, titles, columns = methods_of(rows), [""], []
    for metric, title in metrics.items():
        for labels in label_counts(rows):
            titles.append(f"{title}<br>{label_title(rows, labels)}")
            columns.append(cells(rows[rows.labels == labels], methods, metric))
    return markdown(titles, zip(methods, *columns, strict=True))


def cells(rows, methods, metric):
    """Return mean and spread of each method, the best mean in bold."""
    groups = rows.groupby("method")[metric]
    mean, spread, n = groups.mean(), groups.std(), groups.count()
    texts = []
    for method in methods:
        if method not in mean:
            texts.append("")
            continue
        text = f"{mean[method]:.3f}"
        if text == f"{mean.max():.3f}":
            text = f"**{text}**"
        texts.append(text + (f" ± {spread[method]:.3f}" if n[method] > 1 else ""))
    return texts


def seconds_table(table):
    """Return a table of seconds, means over draws and numbers of labels."""
    means = table.groupby(["method", "data"])[SECONDS].mean().round(1)
    lines = []
    for method in methods_of(table):
        here = means.loc[method]
        pairs = [here.loc[n] if n in here.index else [] for n in data_sets(table)]
        lines.append([method, *(" + ".join(map(str, pair)) for pair in pairs)])
    return "Fit + picking.\n\n" + markdown(["", *data_sets(table)], lines)


def differences(table, data, labels, method, other, metric=SCORE):
    """Return method minus other, of each draw of labels that has both."""
    rows = table[(table.data == data) & (table.labels == labels)]
    of_method, of_other = (
        rows[rows.method == name].set_index("seed")[metric] for name in (method, other)
    )
    return (of_method - of_other).dropna()


def sign(difference):
    """Return "+" for a difference above 0 in each of some draws, "-" below, or ""."""
    if len(difference) < 2 or difference.min() <= 0 <= difference.max():
        return ""
    return "+" if difference.min() > 0 else "-"


def difference_cell(difference):
    """Return a mean difference, in bold where all draws agree."""
    if not len(difference):
        return ""
    text = f"{difference.mean():+.3f}"
    return f"**{text}**" if sign(difference) else text


def goal_table(table):
    """Return what the default has to reach: a lead, and little harm from a prior."""
    lines = []
    for name in data_sets(table):
        lead = differences(table, name, 100, DEFAULT, REFERENCE)
        wanted = LEAD_ON_SIMULATED if DATA_SETS[name].is_simulated else LEAD
        title = f"{name}, 100 labels: lead over {REFERENCE}"
        lines.append(goal_line(title, lead, wanted))
        for method in ("prior x 2", "prior / 2"):
            loss = differences(table, name, 100, method, DEFAULT)
            lines.append(goal_line(f"{name}, 100 labels: {method}", loss, -LOSS))
    lines = [line for line in lines if line]
    return markdown(["goal", "wanted", "reached", ""], lines) if lines else ""


def goal_line(title, difference, wanted):
    if not len(difference):
        return None
    reached = difference.mean()
    verdict = "reached" if round(reached, 3) >= wanted else "**missed**"
    return title, f"at least {wanted:+.2f}", f"{reached:+.3f}", verdict


def leads(table):
    """Return the lead of our objective over the others, by data and labels."""
    others = [name for name in (*CRITERIA, REFERENCE) if name != OURS]
    won = {other: {"+": [], "": [], "-": []} for other in others}
    lines = []
    for name in data_sets(table):
        rows = table[table.data == name]
        for labels in label_counts(rows):
            line = [f"{name}, {label_title(rows, labels)}"]
            for other in others:
                lead = differences(table, name, labels, OURS, other)
                line.append(difference_cell(lead))
                if len(lead) > 1:
                    won[other][sign(lead)].append((name, labels))
            lines.append(line)
    titles = ["AP of GE-binomial minus", *others]
    sentences = [in_words(other, places) for other, places in won.items()]
    return markdown(titles, lines), "\n".join(filter(None, sentences))


def in_words(other, places):
    """Return a sentence on where our objective leads another method."""
    n = sum(map(len, places.values()))
    parts = []
    for mark, verb in (("+", "leads"), ("", "is level with"), ("-", "trails")):
        if places[mark]:
            where = "; ".join(grouped(places[mark]))
            parts.append(f"{verb} {other} in {len(places[mark])} of {n} ({where})")
    return f"- {OURS} " + ", ".join(parts) + "." if parts else ""


def grouped(places):
    """Return a text per data set, with its numbers of labels."""
    groups = {}
    for name, labels in places:
        groups.setdefault(name, []).append(f"{labels:,}")
    return [f"{name}: {', '.join(counts)}" for name, counts in groups.items()]


def autoencoder_table(table):
    """Return what the autoencoder adds to each objective, over the data sets."""
    lines = []
    for name in data_sets(table):
        rows = table[table.data == name]
        for labels in label_counts(rows):
            line = [f"{name}, {label_title(rows, labels)}"]
            for criterion in CRITERIA:
                gain = differences(rows, name, labels, criterion + CODED, criterion)
                line.append(difference_cell(gain))
            if any(line[1:]):
                lines.append(line)
    if not lines:
        return ""
    return markdown(["AP with minus AP without", *CRITERIA], lines) + AUTOENCODER


def changes(table):
    """Return what each change of a default does to AP, a table per number of labels."""
    parts = []
    for labels in reversed(label_counts(table)):
        rows = table[table.labels == labels]
        made = [name for name in CHANGES if (rows.method == name).any()]
        if not made:
            continue
        names = data_sets(rows)
        scores = rows[rows.method == DEFAULT].groupby("data")[SCORE].mean()
        first = [f"{DEFAULT}, AP"]
        first += [f"{scores[name]:.3f}" if name in scores else "" for name in names]
        lines = [
            [change, *(change_cell(rows, name, labels, change) for name in names)]
            for change in made
        ]
        parts += [f"### {labels:,} labels", markdown(["", *names], [first, *lines])]
    if parts:
        text = "AP with the change minus AP without; a bar is the range over draws."
        parts = [text, "![Change of AP](label_study_changes.png)", *parts]
    return parts


def change_cell(rows, name, labels, change):
    return difference_cell(differences(rows, name, labels, change, DEFAULT))


def what_was_run(table):
    """Return versions, processor, command, and notes on the data."""
    seeds = ", ".join(map(str, sorted(table.seed.unique())))
    packages = ("pusklearn", "scikit-learn", "torch", "numpy")
    lines = [
        f"- {versions(*packages)}.",
        f"- {processor()}, {os.cpu_count()} cores, two fits at a time, each with one "
        "thread.",
        f"- `python benchmarks/label_study.py`; seeds {seeds}. A seed draws the labels "
        "from all training micrographs together, and is the method's random state.",
    ]
    lines += [data_line(table, name) for name in data_sets(table)]
    lines.append(
        "- The number of particles per micrograph above is what the methods are told, "
        "but for those whose name says otherwise. The autoencoder has the weight "
        '"auto", 10 divided by the number of labels.'
    )
    return "\n".join(lines)


def data_line(table, name):
    """Return what a data set is, and how it was used."""
    data = DATA_SETS[name]
    most = table[table.data == name].n_labels.max()
    few = table[(table.data == name) & (table.labels > most)].labels.unique()
    text = (
        f"- {name}: {data.n_train} micrographs to learn from, the others to judge on; "
        f"diameter {data.diameter:g} px, match radius {data.match_radius:g} px, "
        f"{data.particles_per_micrograph:g} particles per micrograph"
    )
    if data.downsample != 1:
        text += f", downsampled by {data.downsample:g}"
    for labels in few:
        text += f"; its {most} particles all stand for {labels:,} labels"
    return text + "."

"""The page of the study of labels; every statement of who leads is computed here."""

import os

from resumable import processor, versions
from study_data import DATA_SETS
from study_methods import (
    CHANGES,
    CODED,
    CRITERIA,
    DEFAULT,
    ESTIMATED,
    LONGER,
    REFERENCE,
)
from study_tables import (
    SCORE,
    data_sets,
    data_tables,
    difference_cell,
    differences,
    label_counts,
    markdown,
    methods_of,
    metric_table,
    pairs,
    places,
    sign,
)

AT_RECALL = {f"precision_at_{at}": f"P at {at} % recall" for at in (50, 70, 90)}
SECONDS = ["fit_seconds", "pick_seconds"]
OURS = "GE-binomial"
AUTOENCODER = (
    "Empty cells were not run. The weight is that of the paper, 10 divided by the "
    "number of labels, on the sum of the squared errors of all pixels. The risks of PN "
    "and NN-PU are as small as the prior, so at few labels it outweighs them."
)
# Lead over reference images, greatest loss from a prior that is off by 2, and greatest
# error of an estimated one.
LEAD, LEAD_ON_SIMULATED, LOSS, ERROR = 0.0, 0.08, 0.02, 0.3


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
        *section("What the autoencoder does", *autoencoder(table)),
        *section("Defaults changed one by one", *changes(changed)),
        *section("A prior that need not be known", *estimated_priors(table)),
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


def score_table(rows):
    return metric_table(rows, {SCORE: "AP", "precision_at_90": "P at 90 % recall"})


def at_table(rows):
    return metric_table(rows, {at: AT_RECALL[at] for at in list(AT_RECALL)[:2]})


def seconds_table(table):
    """Return a table of seconds, means over draws and numbers of labels."""
    means = table.groupby(["method", "data"])[SECONDS].mean().round(1)
    lines = []
    for method in methods_of(table):
        here = means.loc[method]
        pairs = [here.loc[n] if n in here.index else [] for n in data_sets(table)]
        lines.append([method, *(" + ".join(map(str, pair)) for pair in pairs)])
    return "Fit + picking.\n\n" + markdown(["", *data_sets(table)], lines)


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
        ratio = prior_ratios(table, name, 100)
        lines.append(ratio_line(f"{name}, 100 labels: {ESTIMATED}, mean error", ratio))
    lines = [line for line in lines if line]
    return markdown(["goal", "wanted", "reached", ""], lines) if lines else ""


def goal_line(title, difference, wanted):
    if not len(difference):
        return None
    reached = difference.mean()
    verdict = "reached" if round(reached, 3) >= wanted else "**missed**"
    return title, f"at least {wanted:+.2f}", f"{reached:+.3f}", verdict


def ratio_line(title, ratio):
    if not len(ratio):
        return None
    error = (ratio - 1).abs().mean()
    verdict = "reached" if error <= ERROR else "**missed**"
    return title, f"at most {ERROR:.0%}", f"{error:.0%}", verdict


def leads(table):
    """Return the lead of our objective over the others, by data and labels."""
    others = [name for name in (*CRITERIA, REFERENCE) if name != OURS]
    won = {other: {"+": [], "": [], "-": []} for other in others}
    lines = []
    for name, labels, title in places(table):
        gains = [differences(table, name, labels, OURS, other) for other in others]
        lines.append([title, *map(difference_cell, gains)])
        for other, lead in zip(others, gains, strict=True):
            if len(lead) > 1:
                won[other][sign(lead)].append((name, labels))
    titles = ["AP of GE-binomial minus", *others]
    sentences = [in_words(other, where) for other, where in won.items()]
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


def autoencoder(table):
    """Return what the autoencoder adds to each objective, and to longer training."""
    compared = {name: (name + CODED, name) for name in CRITERIA}
    compared[f"{DEFAULT}, {LONGER}"] = LONGER + CODED, LONGER
    lines = []
    for name, labels, title in places(table):
        gains = [differences(table, name, labels, *two) for two in compared.values()]
        if any(map(len, gains)):
            lines.append([title, *map(difference_cell, gains)])
    if lines:
        yield markdown(["AP with minus AP without", *compared], lines)
        yield AUTOENCODER


def prior_ratios(table, name, labels):
    """Return the estimated prior over the one told, of each draw that has both."""
    estimated, told = pairs(table, name, labels, ESTIMATED, DEFAULT, "prior")
    return estimated / told


def estimated_priors(table):
    """Return the share of pixels on particles as estimated, over the one told."""
    lines = []
    for name, labels, title in places(table):
        ratio = prior_ratios(table, name, labels)
        if len(ratio):
            gain = differences(table, name, labels, ESTIMATED, DEFAULT)
            draws = ", ".join(f"{value:.2f}" for value in ratio)
            lines.append([title, f"{ratio.mean():.2f}", draws, difference_cell(gain)])
    if lines:
        yield (
            'The share of pixels on particles that `prior="estimate"` finds, divided '
            "by the one that the number of particles told comes to, which is that of "
            "all particles to within 5 %."
        )
        yield markdown(["", "estimated / told", "draws", "AP minus AP told"], lines)


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

"""The page of the study of labels; every statement of who leads is computed here."""

import os

from resumable import processor, versions
from study_data import DATA_SETS
from study_goals import goal_table, prior_ratios
from study_methods import (
    CHANGES,
    CODED,
    CRITERIA,
    DEFAULT,
    ESTIMATED,
    LONGER,
    MOST_CHANGED,
    PAPER,
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
    places,
    sign,
)

AT_RECALL = {f"precision_at_{at}": f"P at {at} % recall" for at in (50, 70, 90)}
KEY = ["method", "data", "labels"]
SECONDS = ["fit_seconds", "pick_seconds"]
OURS = "GE-binomial"
READING = (
    "The criteria are GE-binomial and GE-KL (generalised expectation), NN-PU (the "
    "non-negative PU risk) and PN (all that is not labelled is negative). "
    "Average precision (AP) and precision (P) at a recall, against all particles: mean "
    "± standard deviation over draws of labels, the best in bold; without ± it is one "
    "draw. All methods learn from the same labels. The default of `make_picker` is "
    f'"{DEFAULT}". A difference is the mean over draws, in bold where all draws agree '
    "on its sign; where they do not, two methods are called level."
)
WHY = (
    "The criterion matters little from 100 labels on. At most 2 % of the regions lie "
    "on particles, so PN, which takes all that is not labelled for negative, "
    "mislabels few of them; and whitening, turned regions, smoothing and the schedule "
    "serve every criterion alike. From 10 labels GE-binomial and GE-KL lead PN and "
    "NN-PU in the mean: they give the few positives their full weight, where the risks "
    "of the others weigh them by the prior, a hundredth, which is a likely reason.",
    "Whitening takes off what changes slowly across a micrograph, too; otherwise a "
    "network trained on few labels learns where the ice is thick.",
    "The autoencoder, which Bepler et al. (arXiv 1803.08207) found to help at very few "
    "labels, does so on both real data sets where a network is trained as in their "
    "paper, but it loses on the simulated particles. With the defaults it gains "
    "nothing from 10 labels, and the defaults gain more than it does: whitened regions "
    "are noise for the most part, which no decoder can predict, and missing pixels "
    "and turned regions already keep the network from memorising them. So it is off.",
)
AUTOENCODER = (
    "Empty cells were not run. The weight is that of Bepler et al., 10 divided by the "
    "number of labels, on the sum of the squared errors of all pixels. The risks of PN "
    "and NN-PU are as small as the prior, so it outweighs them."
)
CHANGED = (
    "AP with the change minus AP without, on the same draws of labels: {} to {} of "
    "them, whose range a bar shows; an arrow points to what lies beyond the axis. Most "
    "are of one draw; the AP in the first row is the mean over all. The default is 600 "
    "updates from 10 labels, 1,000 from 100, 2,000 from 400 on. Input dropout: the "
    "share of the pixels of a region that is dropped while training, 0.45 by default "
    "from 10 labels, 0.2 from 50 on. Right angles: regions are turned by multiples of "
    "90 degrees, not of 45. Slack: the weight of the penalty on the number of "
    "positives in a batch, 0.15 by default. As in the paper: no whitening, smoothing, "
    "or input dropout, slack 1, and a constant learning rate of 2e-4, for 2,000 "
    "updates."
)
# Changes of a default that leave its time much as it is.
TIMED_ALIKE = set(CHANGES) - {ESTIMATED, "no halving"}


def write_page(table, file):
    """Write what it shows, the tables, and what was run."""
    compared = table[~table.method.isin(CHANGES)]
    changed = table[table.method.isin([DEFAULT, *CHANGES])]
    parts = [
        "# Picking from few labels",
        "How well a picker finds the particles of micrographs that it did not learn "
        "from, when it has learnt from 10, 100 or 1,000 labelled ones: with each "
        "training criterion, and with template matching by reference images, averages "
        "of the labelled particles.",
        *section("What it shows", *conclusions(compared), *WHY),
        *section("The data", *data_lines(table)),
        *section(
            "Average precision",
            READING,
            pictures(),
            *data_tables(compared, score_table),
        ),
        *section(f"Where {OURS} leads", *leads(compared)),
        *section("What the autoencoder does", *autoencoder(table)),
        *section("Defaults changed one by one", *changes(changed)),
        *section("A prior that need not be known", *estimated_priors(table)),
        *section("Goals", goal_table(table)),
        *section("Precision at 50 and 70 % recall", *data_tables(compared, at_table)),
        *section("Seconds", *seconds(table)),
        *section("What was run", what_was_run(table)),
    ]
    file.write("\n\n".join(parts) + "\n")


def section(title, *parts):
    """Return a heading and what is below it, nothing where that is nothing."""
    parts = [part for part in parts if part]
    return [f"## {title}", *parts] if parts else []


def conclusions(table):
    """Return means over the data sets, and the lead over reference images."""
    methods = [name for name in methods_of(table) if not name.endswith(CODED)]
    draws = table[table.method.isin(methods)].pivot(
        index=["labels", "data", "seed"], columns="method", values=SCORE
    )
    # Of the draws that every method has learnt from.
    means = draws[methods].dropna().groupby(["labels", "data"]).mean()
    sets = data_sets(table)
    means = means.groupby("labels").filter(lambda part: len(part) == len(sets))
    means = means.groupby("labels").mean().T
    titles = [f"{labels:,} labels" for labels in means.columns]
    lines = [[name, *map("{:.3f}".format, means.loc[name])] for name in methods]
    if titles:
        yield markdown([f"mean AP of {len(sets)} data sets", *titles], lines)
    sentences = []
    for labels in label_counts(table):
        gains = [
            differences(table, name, labels, DEFAULT, REFERENCE).mean() for name in sets
        ]
        sentences.append(
            f"- AP of the default minus that of {REFERENCE}, from {labels:,} labels: "
            f"{min(gains):+.3f} to {max(gains):+.3f}, by data set."
        )
    yield "\n".join(sentences)


def data_lines(table):
    """Return what each data set is."""
    yield "\n".join(data_line(table, name) for name in data_sets(table))
    yield (
        "Networks are given the number of particles per micrograph, unless the name of "
        "the method says otherwise; reference images need none."
    )


def pictures():
    return (
        "![Average precision against the number of labels](label_study_labels.png)\n\n"
        "![Precision against recall](label_study_curves.png)"
    )


def score_table(rows):
    return metric_table(rows, {SCORE: "AP", "precision_at_90": "P at 90 % recall"})


def at_table(rows):
    return metric_table(rows, {at: AT_RECALL[at] for at in list(AT_RECALL)[:2]})


def seconds(table):
    """Return what a fit and the picking take, the least over draws of labels."""
    rows = table[(table.labels == MOST_CHANGED) & ~table.method.isin(TIMED_ALIKE)]
    least = rows.groupby(["method", "data"])[SECONDS].min().round(1)
    lines = []
    for method in methods_of(rows):
        here = least.loc[method]
        pairs = [here.loc[n] if n in here.index else [] for n in data_sets(rows)]
        lines.append([method, *(" + ".join(map(str, pair)) for pair in pairs)])
    if lines:
        yield (
            f"Fit + picking, from {MOST_CHANGED} labels, the least of the draws. The "
            "machine did other work beside, so only great differences mean something."
        )
        yield markdown(["", *data_sets(rows)], lines)


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
                won[other][sign(lead)].append((name, title.split()[-2]))
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
        groups.setdefault(name, []).append(labels)
    return [f"{name}: {', '.join(counts)}" for name, counts in groups.items()]


def autoencoder(table):
    """Return what the autoencoder adds to each objective, and to longer training."""
    compared = {name: (name + CODED, name) for name in CRITERIA}
    compared[f"{DEFAULT}, {LONGER}"] = LONGER + CODED, LONGER
    compared[PAPER] = PAPER + CODED, PAPER
    lines = []
    for name, labels, title in places(table):
        gains = [differences(table, name, labels, *two) for two in compared.values()]
        if any(map(len, gains)):
            lines.append([title, *map(difference_cell, gains)])
    if lines:
        yield markdown(["AP with minus AP without", *compared], lines)
        yield AUTOENCODER


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
        draws = table[table.method.isin(CHANGES)].groupby(KEY).size()
        text = CHANGED.format(*draws.agg(["min", "max"]))
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
    return "\n".join(lines)


def data_line(table, name):
    """Return what a data set is, and how it was used."""
    data = DATA_SETS[name]
    most = table[table.data == name].n_labels.max()
    few = table[(table.data == name) & (table.labels > most)].labels.unique()
    text = (
        f"- {name}: {data.n_train} micrographs for training, the others for testing; "
        f"diameter {data.diameter:g} px, match radius {data.match_radius:g} px, "
        f"{data.particles_per_micrograph:g} particles per micrograph"
    )
    if data.downsample != 1:
        text += f", downsampled by {data.downsample:g}"
    for labels in few:
        text += f"; its {most} particles all stand for {labels:,} labels"
    return text + "."

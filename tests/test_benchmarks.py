"""Benchmarks run on small data, and their pages follow from their tables."""

import json
import re
import shutil
from pathlib import Path

import mrcfile
import numpy as np
import pandas as pd
import pytest
from scipy import fft

from pusklearn import ReferencePicker, criteria, io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.topaz import _training
from pusklearn.topaz._main import main
from pusklearn.topaz._new_picker import new_picker

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
GENERAL_NETWORK = ROOT / "pusklearn/micrographs/general/general_network.safetensors"


def titles(page):
    """Return the headings of a page."""
    return re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)


def cells(page, name):
    """Return the cells of the first line of a table that begins with a name."""
    [line, *_] = re.findall(rf"^\| {re.escape(name)} \|.*$", page.read_text(), re.M)
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        *(("label_study", "."), ("general_picker", "guide")),
        ("general_calibration", "guide"),
        *(("pu_benchmark", "."), ("prior_estimation", "."), ("calibration", ".")),
        *(("new_prior", "."), ("labels_not_at_random", "."), ("model_selection", ".")),
        ("prior_few_labels", "."),
        ("collapse", "."),
    ],
)
def test_the_page_of_a_study_is_that_of_its_table(load, tmp_path, name, folder):
    for suffix in (".csv", ".json"):
        copy = tmp_path / (name + suffix)
        copy.write_bytes((DOCS / copy.name).read_bytes())
    load(name).main(["--report", "--out", str(tmp_path)])
    page = tmp_path / folder / f"{name}.md"
    assert page.read_text() == (DOCS / folder / page.name).read_text()
    for picture in re.findall(r"\((\w+\.png)\)", page.read_text()):
        assert (page.parent / picture).stat().st_size > 10_000
        assert (DOCS / folder / picture).exists()


def test_the_page_of_speed_is_that_of_its_tables(load, tmp_path):
    for path in (*DOCS.glob("*.csv"), *DOCS.glob("*.json")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    load("speed").main(["--report", "--out", str(tmp_path)])
    assert (tmp_path / "performance.md").read_text() == (
        DOCS / "performance.md"
    ).read_text()


@pytest.mark.parametrize(
    "name",
    [
        *("label_study", "guide/general_picker", "pu_benchmark", "prior_estimation"),
        *("new_prior", "labels_not_at_random", "model_selection"),
        *("guide/general_calibration", "calibration", "performance", "collapse"),
        "prior_few_labels",
    ],
)
def test_a_page_begins_with_advice(name):
    page = DOCS / f"{name}.md"
    assert titles(page)[1] == "Use what, and when"
    assert not re.search(r"\b(goals?|missed)\b", page.read_text())


def test_a_quick_study_of_new_data_fills_its_page(load, tmp_path):
    arguments = ["--quick", "--methods", "^logistic", "--out", str(tmp_path)]
    load("new_prior").main(arguments)
    table = pd.read_csv(tmp_path / "new_prior.csv")
    assert table.truth.round(1).to_list() == [0.1, 0.5, 0.8]
    assert (table.likelihood_low <= table.likelihood).all()
    assert (table["held-out"] - table.truth).abs().max() < 0.15
    page = tmp_path / "new_prior.md"
    error = (table["held-out"] - table.truth).abs().mean()
    assert cells(page, "logistic regression, true labels")[0] == "3"
    assert f"| {error:.3f} |" in page.read_text()


def test_a_quick_study_of_labels_that_are_not_random_fills_its_page(load, tmp_path):
    arguments = ["--quick", "--methods", "known|CVIR|true", "--out", str(tmp_path)]
    load("labels_not_at_random").main(arguments)
    table = pd.read_csv(tmp_path / "labels_not_at_random.csv")
    assert len(table) == 4 * 3
    assert table.roc_auc.between(0.5, 1).all()
    page = tmp_path / "labels_not_at_random.md"
    assert "F1 if labels are: three columns" in titles(page)
    assert "Use what, and when" not in titles(page)


def test_a_quick_study_of_scorers_fills_its_page(load, tmp_path):
    methods = "^(ge-binomial|nnpu), linear"
    load("model_selection").main(
        ["--quick", "--methods", methods, "--out", str(tmp_path)]
    )
    table = pd.read_csv(tmp_path / "model_selection.csv")
    assert len(table) == 2 * 2
    best = table.loc[table.roc_auc.idxmax(), "test AUC"]
    page = tmp_path / "model_selection.md"
    assert cells(page, "roc_auc")[2] == f"{table['test AUC'].max() - best:.3f}"


def test_a_quick_study_of_labels_fills_its_page_and_goes_on(load, tmp_path):
    methods = (
        "^(GE-binomial|reference images|right angles only|constant learning rate|"
        "general picker|general start)$"
    )
    arguments = ["--quick", "--data", "globular", "--labels", "10", "0", "--jobs", "1"]
    arguments += ["--out", str(tmp_path), "--methods"]
    load("label_study").main([*arguments, "^reference"])
    first = pd.read_csv(tmp_path / "label_study.csv")
    load("label_study").main([*arguments, methods])
    table = pd.read_csv(tmp_path / "label_study.csv")
    assert list(table.columns) == [
        *("data", "labels", "method", "seed"),
        *("average_precision", "precision_at_50", "precision_at_70"),
        *("precision_at_90", "fit_seconds", "pick_seconds", "n_labels", "prior"),
    ]
    assert table[:1].equals(first)
    assert sorted(table.method) == sorted(methods[2:-2].split("|"))
    assert table.average_precision.between(0, 1).all()
    page = tmp_path / "label_study.md"
    assert {"Average precision", "Defaults changed one by one"} < set(titles(page))
    assert "Use what, and when" not in titles(page)
    scores = table.set_index("method").average_precision.map("{:.3f}".format)
    assert scores["reference images"] in cells(page, "reference images")[1]
    assert scores["general picker"] in cells(page, "general picker")[0]
    line = ["simulated globular, 10 labels"]
    line += scores[["general picker", "GE-binomial", "general start"]].to_list()
    assert " | ".join(line) in page.read_text()


def test_a_quick_study_of_calibration_compares_with_the_truth(load, tmp_path, capsys):
    load("calibration").main(["--quick", "--data", "globular", "--out", str(tmp_path)])
    [row] = pd.read_csv(tmp_path / "calibration.csv").to_dict("records")
    assert row["n_particles"] == 4 * 12
    assert row["n_low"] <= row["n_expected"] <= row["n_high"]
    counts, sums, hits = np.array(json.loads(row["bins"]))
    assert (hits <= counts).all()
    assert (sums <= counts).all()
    above = sums[5:].sum() / counts[5:].sum()
    assert row["expected_precision"] == pytest.approx(above, abs=1e-3)
    assert row["precision"] == pytest.approx(
        hits[5:].sum() / counts[5:].sum(), abs=1e-3
    )
    page = tmp_path / "calibration.md"
    assert "Use what, and when" not in titles(page)
    assert f"{row['precision']:.2f}" in cells(page, "simulated globular, 10 labels")
    load("calibration").main(["--quick", "--cost", "--labels", "10"])
    assert len(re.findall(r"10 labels: .* times", capsys.readouterr().out)) >= 2


def test_a_quick_comparison_of_calibrations_prints_its_means(load, capsys):
    load("pu_calibration").main(["--quick"])
    brier, logarithm = capsys.readouterr().out.split("log-loss")[:2]
    for part in (brier, logarithm):
        [names] = re.findall(r"^method +(.*)$", part, re.M)[:1]
        assert " ".join(names.split()) == "none isotonic sigmoid beta average auto"
        [values] = re.findall(r"^20 +(.*)$", part, re.M)[:1]
        scores = dict(zip(names.split(), map(float, values.split()), strict=True))
        assert 0 < scores["auto"] == scores["average"] < scores["none"]


def test_the_default_of_the_study_is_that_of_the_picker(load):
    study, [data, *_] = load("label_study_methods"), load("picking_data").DATA_SETS
    default = make_picker(
        data.diameter,
        downsample=data.downsample,
        particles_per_micrograph=data.particles_per_micrograph,
        calibrate=False,
        random_state=0,
    )
    named = study.new_picker(study.DEFAULT, data, 0)
    assert named.__repr__(N_CHAR_MAX=10**6) == default.__repr__(N_CHAR_MAX=10**6)


def test_every_change_makes_a_picker_of_its_own(load):
    study, [data, *_] = load("label_study_methods"), load("picking_data").DATA_SETS
    pickers = [study.new_picker(name, data, 0) for name in study.METHODS]
    assert len({repr(picker.get_params()) for picker in pickers}) == len(pickers)


def test_no_label_is_drawn_once_for_the_picker_that_needs_none(load):
    study, data_sets = load("label_study_methods"), load("picking_data").DATA_SETS
    worth = {
        n_labels: {
            name
            for name in study.METHODS
            for data in data_sets
            if study.is_worth_a_run(data, n_labels, name)
        }
        for n_labels in (0, 3, 10, 1000)
    }
    assert worth[0] == {"general picker"}
    assert worth[3] == {"reference images", "GE-binomial", "general start"}
    assert worth[10] == {*study.METHODS} - {"general picker", "no halving"}
    assert worth[1000] == {*study.COMPARED} - {"general picker"}


PARTICLES = [[[10, 10], [50, 50]], [[20, 20]]]
PICKS = [
    [[10, 10, 0.9], [30, 30, 0.8], [31, 31, 0.7], [50, 50, 0.6], [32, 32, 0.2]],
    [[40, 40, 0.5], [20, 21, 0.4]],
]


@pytest.mark.parametrize(
    ("n_picks", "recall"), [(0, 0), (1, 1 / 3), (3, 1 / 3), (4, 2 / 3), (9, 1)]
)
def test_the_best_picks_of_all_micrographs_have_a_recall(load, n_picks, recall):
    picks = [np.array(rows) for rows in PICKS]
    recall_of_best = load("picking_data").recall_of_best
    assert recall_of_best(PARTICLES, picks, radius=5, n_picks=n_picks) == recall


@pytest.mark.parametrize(
    ("recall", "kinds"),
    [
        *((0, []), (0.3, []), (0.6, ["ice", "ice"])),
        *((0.9, ["ice", "ice", "gold"]), (1.1, ["ice", "ice", "gold", "ice"])),
    ],
)
def test_picks_on_contaminants_are_told_up_to_a_recall(load, recall, kinds):
    names = ["x", "y", "radius", "kind"]
    contaminants = [
        pd.DataFrame([[30, 30, 4, "ice"], [10, 12, 5, "gold"]], columns=names),
        pd.DataFrame([[40, 40, 4, "gold"]], columns=names),
    ]
    picks_on = load("picking_data").picks_on
    picks = [np.array(rows) for rows in PICKS]
    assert [*picks_on(contaminants, PARTICLES, picks, 5, recall)] == kinds


def test_no_pick_is_on_a_contaminant_where_there_is_none(load):
    columns = ["x", "y", "radius", "kind"]
    nothing = [pd.DataFrame([], columns=columns)] * 2
    picks = [np.array(rows) for rows in PICKS]
    assert not len(load("picking_data").picks_on(nothing, PARTICLES, picks, 5, 1))


def test_a_quick_benchmark_of_the_general_picker_fills_its_page(load, tmp_path):
    peer = tmp_path / "without_contaminants.safetensors"
    shutil.copy(GENERAL_NETWORK, peer)
    arguments = ["--quick", "--out", str(tmp_path), "--weights", str(peer)]
    arguments += ["--tasks", "barrel|small|globular"]
    load("general_picker").main(arguments)
    table = pd.read_csv(tmp_path / "general_picker.csv")
    keys = ["task", "method", "diameter"]
    assert not table.duplicated(keys).any()
    assert table.average_precision.between(0, 1).all()
    told = table[table.method == "general picker"].groupby("task").diameter.agg(set)
    assert told["barrel"] == {0.75, 1, 1.25}
    assert told["small and dense"] == {1, 1.25}  # 0.75 times it is too small
    scores = table.set_index(keys).average_precision
    page = tmp_path / "guide" / "general_picker.md"
    widths = ("0.18", "0.25", "0.35")
    best = max(scores["barrel", f"Laplacian of Gaussian, {w}", 1] for w in widths)
    methods = ("general picker", "10 labels", "10 labels, general start")
    others = [scores["barrel", name, 1] for name in methods]
    assert cells(page, "barrel") == [f"{score:.3f}" for score in (best, *others)]
    # Both networks are the same, and one is judged at a lower recall.
    on = table.dropna(subset="on_contaminants").set_index("method").on_contaminants
    assert on["general picker"] <= on["without contaminants"]


def test_a_quick_pu_benchmark_fills_its_page(load, tmp_path):
    methods = "^(ge-binomial|CVIR of logistic regression|pn on the true labels)$"
    load("pu_benchmark").main(
        ["--quick", "--out", str(tmp_path), "--methods", methods, "--tasks", "digits"]
    )
    table = pd.read_csv(tmp_path / "pu_benchmark.csv")
    assert list(table.columns) == [
        *("data", "scheme", "labels", "method", "seed"),
        *("accuracy", "f1", "roc_auc", "prior", "seconds", "error"),
    ]
    assert sorted(table.method) == sorted(methods[2:-2].split("|"))
    page = tmp_path / "pu_benchmark.md"
    assert {"Accuracy", "F1", "ROC AUC", "Seconds per fit"} < set(titles(page))
    best = table[table.method != "pn on the true labels"].accuracy.max()
    assert f"**{best:.3f}**" in page.read_text()


def test_the_pu_benchmark_has_every_criterion(load):
    names = {name.replace("-", "") for name in load("pu_methods").CRITERIA}
    public = {name.lower() for name in criteria.__all__}
    assert names == public - {"criterion", "priors"}


def test_the_methods_of_the_pu_benchmark_stand_under_their_headings(load):
    methods, plot = load("pu_methods"), load("pu_plot")
    assert {what["kind"] for what in methods.METHODS.values()} <= {*methods.KINDS}
    names = [methods.CEILING, "boosted trees cut at the prior", methods.DEFAULT]
    assert plot.with_headings(names) == [
        *((None, "the default network"), (methods.DEFAULT, None)),
        *((None, "scikit-learn, cut at the prior"), (names[1], None)),
        *((None, "every label known"), (methods.CEILING, None)),
    ]
    assert plot.short(names[1]) == "boosted trees"


def test_a_gain_of_f1_is_that_of_the_draws_that_both_methods_have(load):
    report = load("pu_report")
    [task, other, *_] = report.TASK_NAMES
    rows = [("a", task, 0, 0.9), ("a", task, 1, 0.7), ("a", task, 2, 0.1)]
    rows += [("b", task, 0, 0.6), ("b", task, 1, 0.6), ("b", other, 0, 0.5)]
    table = pd.DataFrame(rows, columns=["method", "task", "seed", "f1"])
    [gain] = report.gains(table, "a", "b").itertuples()
    assert gain.Index == task
    assert (gain.mean, gain.sem) == pytest.approx((0.2, 0.1))


def test_only_the_numbers_of_bank_are_scaled(load, tmp_path):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(30, 9, (40, 7)), columns=list("abcdefg"))
    table.insert(1, "job", rng.choice(["clerk", "cook"], 40))
    table["y"] = np.tile(["yes", "no"], 20)
    table.to_csv(tmp_path / "bank.csv", sep=";", index=False)
    X, y, X_test, y_test = load("pu_data").split("bank", tmp_path, 0)
    assert X[:, :7].mean(0) == pytest.approx(np.zeros(7), abs=1e-9)
    assert X[:, :7].std(0) == pytest.approx(np.ones(7))
    assert set(X[:, 7:].ravel()) == {0, 1}
    assert (X_test[:, 7:].sum(axis=1) == 1).all()
    assert (y.mean(), y_test.mean()) == (0.5, 0.5)


def test_messages_are_counts_of_words_by_topics(load):
    X, y = load("pu_data").simulate_messages(n=500, n_words=80)
    assert X.sum(axis=1).min() >= 3
    assert 0.1 < y.mean() < 0.2
    share = X / X.sum(axis=1, keepdims=True)
    apart = np.abs(share[y == 1].mean(0) - share[y == 0].mean(0)).sum()
    assert apart > 0.3  # of at most 2; the classes differ in their words


def test_a_quick_estimation_of_the_prior_fills_its_page(load, tmp_path):
    load("prior_estimation").main(["--quick", "--out", str(tmp_path)])
    table = pd.read_csv(tmp_path / "prior_estimation.csv")
    assert set(table.scorer) == {"trees", "logistic"}
    page = tmp_path / "prior_estimation.md"
    assert "Mean absolute error" in titles(page)
    rows = table[(table.data == "digits") & (table.scorer == "trees")]
    error = (rows.bbe - rows.truth).abs().mean()
    assert cells(page, "digits")[0] == f"{error:.3f}"


def test_a_quick_estimation_from_few_labels_fills_its_page(load, tmp_path):
    arguments = ["--quick", "--methods", "wine", "--out", str(tmp_path)]
    load("prior_few_labels").main(arguments)
    [row] = pd.read_csv(tmp_path / "prior_few_labels.csv").to_dict("records")
    assert row["part"] == "judged"
    assert row["low"] <= row["prior"] <= row["high"]
    page = tmp_path / "prior_few_labels.md"
    assert "Use what, and when" not in titles(page)
    holds = row["low"] <= row["truth"] <= row["high"]
    assert cells(page, "judged, default")[:2] == ["1", f"{holds:.2f}"]
    assert cells(page, "wine")[2] == f"{row['truth']:.3f}"


@pytest.mark.parametrize(
    ("name", "n_features"),
    [
        *(("normal 5 2", 5), ("clusters 1 1.5", 20), ("moons 0.3", 2)),
        *(("circles 0.2", 2), ("quantiles 6", 6), ("wine", 13)),
    ],
)
def test_cells_are_simulated_by_name(load, name, n_features):
    X, y = load("prior_few_labels").simulate(name, 0)
    assert X.shape == (len(y), n_features)
    assert set(y) == {0, 1}


def test_a_quick_measurement_of_speed_fills_its_page(load, tmp_path):
    load("speed").main(["--quick", "--out", str(tmp_path)])
    table = pd.read_csv(tmp_path / "speed.csv").set_index("work")
    assert not table.answers.str.contains("DIFFERENT").any()
    page = tmp_path / "performance.md"
    _, plain, ratio, *_ = cells(page, "peaks, 128 x 128 map")
    assert plain.endswith("a loop over the pixels, and one over the picks")
    expected = table.seconds["peaks"] / table.plain_seconds["peaks"]
    assert float(ratio) == pytest.approx(expected, rel=0.06)


def test_ways_to_pick_are_timed_in_one_run(load, tmp_path):
    load("speed").main(["--quick", "--cases", "picking", "--out", str(tmp_path)])
    [row] = pd.read_csv(tmp_path / "whole_picking.csv").to_dict("records")
    page = tmp_path / "performance.md"
    pixels, kind, *times, share = cells(page, row["arithmetic"])
    assert (pixels, kind, len(times)) == ("128 x 128", "passed", 3)
    expected = row["default_s"] / row["step_2_s"]
    assert float(share) == pytest.approx(expected, abs=6e-3)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
def test_two_micrographs_stand_for_many(load, tmp_path):
    load("speed").main(["--quick", "--cases", "many", "--out", str(tmp_path)])
    [row] = pd.read_csv(tmp_path / "many_micrographs.csv").to_dict("records")
    assert 0.05 < row["fit_peak_gb"] < 5
    assert len(cells(tmp_path / "performance.md", "2")) == 7


@pytest.fixture
def real_folder(tmp_path):
    """Return a folder with micrographs in the place of real ones."""
    names = [f"grid{number}" for number in range(6)]
    micrographs, particles = make_micrographs(6, size=160, diameter=40, random_state=0)
    (tmp_path / "empiar-10146/micrographs").mkdir(parents=True)
    for name, micrograph in zip(names, micrographs, strict=True):
        mrcfile.write(
            tmp_path / f"empiar-10146/micrographs/{name}.mrc",
            micrograph,
            voxel_size=1.5,
        )
    io.write_coordinates(tmp_path / "empiar-10146/particles.txt", particles, names)
    return tmp_path


def test_real_micrographs_print_a_row_per_draw(load, real_folder, capsys):
    what = "--sets empiar-10146 --draws 1 --labels 9 --exact --updates 5"
    load("real_micrographs").main([str(real_folder), *what.split()])
    header, _, draw, mean = capsys.readouterr().out.splitlines()
    assert header.split(" | ")[2] == "average precision"
    assert draw.startswith("| empiar-10146 | 0 | ")
    assert draw.replace("| 0 |", "| mean |", 1) == mean


def test_two_ways_to_learn_are_compared_after_the_same_updates(
    load, real_folder, capsys
):
    script = load("learning_curve")
    script.LEARNING = {
        name: {"max_epochs": 1, "steps_per_epoch": 6, "batch_size": size}
        for name, size in (("before", 64), ("default", 16))
    }
    what = "--set empiar-10146 --draws 1 --labels 9 --every 3 --goal 0"
    script.main([str(real_folder), *what.split()])
    _, _, *rows, before, default, ratio = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[:2] for row in rows] == [
        [f"| {name}", str(updates)]
        for name in ("before", "default")
        for updates in (3, 6)
    ]
    assert before.startswith("before: average precision 0.0 after ")
    assert default.startswith("default: average precision 0.0 after ")
    assert float(ratio.removeprefix("default / before: ")) > 0


def test_rounds_of_corrections_are_compared_with_random_clicks(load, capsys):
    what = "--quick --draws 1 --data globular --missed 1"
    load("corrections").main(what.split())
    header, *rows, _, _, _, mean = capsys.readouterr().out.splitlines()
    table = [
        dict(zip(header.split("\t"), row.split("\t"), strict=True)) for row in rows
    ]
    known = [int(row["labels"]) + int(row["rejected"]) for row in table]
    assert known == [9, 3, 6, 9]
    assert [row["rejected"] for row in table[:2]] == ["0", "0"]
    cells = mean.strip("| ").split(" | ")
    assert cells[0] == "simulated globular"
    assert float(cells[2]) == pytest.approx(float(table[0]["ap"]), abs=6e-4)
    assert float(cells[3]) == pytest.approx(float(table[-1]["ap"]), abs=6e-4)


def test_the_command_line_of_relion_is_judged(load, tmp_path, capsys, monkeypatch):
    micrographs, particles = make_micrographs(12, n_particles=20, random_state=0)
    folder = tmp_path / "empiar-10017"
    (folder / "micrographs").mkdir(parents=True)
    rows = ["image_name\tx_coord\ty_coord\n"]
    for number, (image, points) in enumerate(zip(micrographs, particles, strict=True)):
        name = f"grid{number:02}"
        mrcfile.write(
            folder / "micrographs" / f"{name}.mrc",
            image.astype("float32"),
            voxel_size=1.5,
        )
        rows += [f"{name}\t{x}\t{y}\n" for x, y in points]
    (folder / "particles.txt").write_text("".join(rows))
    script = load("topaz_drop_in")
    commands = []

    def run_here(executable, *arguments, folder):
        monkeypatch.chdir(folder)
        commands.append(arguments[0])
        small = ["--units", "4", "--minibatch-size", "16"] * (arguments[0] == "train")
        assert main([*map(str, arguments), *small]) == 0

    def short_picker(*arguments):
        return new_picker(*arguments).set_params(
            score__classifier__max_epochs=2, score__classifier__steps_per_epoch=5
        )

    monkeypatch.setattr(_training, "new_picker", short_picker)
    monkeypatch.setattr(script, "run", run_here)
    script.main([str(tmp_path), "--labels", "10", "--reverse"])
    lines = capsys.readouterr().out.splitlines()
    assert commands == ["train", *["extract"] * 4]
    assert lines[0].startswith("10\t")
    assert re.fullmatch(r"draw 0: average precision [01]\.\d{4}", lines[-1])


def test_references_judge_the_first_real_micrographs_in_reverse(
    load, real_folder, capsys, monkeypatch
):
    script = load("real_micrographs")
    runs, fit_and_pick = [], script.fit_and_pick

    def watched(*run):
        runs.append(run)
        return fit_and_pick(*run)

    monkeypatch.setattr(script, "fit_and_pick", watched)
    what = "--sets empiar-10146 --draws 1 --labels 9 --references"
    for options in (what, what + " --reverse"):
        script.main([str(real_folder), *options.split()])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[1] for line in lines[2::4]] == ["0", "0"]
    (picker, _, _, test), (_, reverse_train, _, reverse_test) = runs
    assert isinstance(picker[-1], ReferencePicker)
    assert [m.name for m in test] == ["grid5"]
    assert [m.name for m in reverse_train] == [f"grid{i}" for i in (5, 4, 3, 2, 1)]
    assert [m.name for m in reverse_test] == ["grid0"]


def test_the_ceiling_of_average_precision_is_printed(load, capsys):
    load("ceiling").main(["--quick", "--fit", "--cases", "^small$"])
    rows = [row.strip("| ").split(" | ") for row in capsys.readouterr().out.split("\n")]
    found = {(row[1], row[2]): float(row[3]) for row in rows[2:-1]}
    assert [method for _, method in found] == [
        *("matched filter", "matched filter, no picks on contaminants"),
        *("default, 40 labels", "PN, all 40 labels", "reference images, 40 labels"),
        *("matched filter", "default, 40 labels", "PN, all 40 labels"),
        "reference images, 40 labels",
    ]
    alone = "matched filter"
    assert found["0.2", alone] <= found["0.2", alone + ", no picks on contaminants"]
    assert 0.9 < found["0.0", alone] <= 1


def test_the_ceiling_knows_the_particles_and_the_noise(load):
    ceiling = load("ceiling")
    settings = ceiling.CASES["small"] | {"size": 128, "contamination": 0}
    settings["ice_gradient"] = 0
    [image], [[(x, y)]] = make_micrographs(
        1, random_state=3, **settings | {"n_particles": 1, "snr": np.inf}
    )
    truth = ceiling.known(settings | {"n_particles": 1}, 1, 3)
    # Whiten the noise-free image as the filter whitens its views.
    _, power = ceiling.transfer_and_power((128, 128), *truth[1:2], truth.defoci[0])
    seen = fft.irfft2(fft.rfft2(np.asarray(image)) / np.sqrt(power), (128, 128))
    seen = np.roll(seen, (24 - round(y), 24 - round(x)), (0, 1))[:49, :49]

    def likeness(truth):
        views = ceiling.whitened_views(
            truth, truth.defoci[0], 2000, 49, np.random.default_rng(0)
        )
        lengths = np.sqrt(np.square(views).sum((1, 2)))
        likeness = np.tensordot(views, seen, 2) / lengths / np.linalg.norm(seen)
        return likeness.max(), lengths.mean() / np.linalg.norm(seen)

    best, ratio = likeness(truth)
    other, _ = likeness(ceiling.known(settings, 1, 4))
    assert best > 0.95 > other
    assert ratio == pytest.approx(1, abs=0.15)
    [noise], _ = make_micrographs(1, random_state=3, **settings | {"n_particles": 0})
    spectrum = np.abs(fft.rfft2(np.asarray(noise))) ** 2 / power / noise.size
    frequency = np.hypot(fft.fftfreq(128)[:, None], fft.rfftfreq(128))
    for low in (0.05, 0.15, 0.25, 0.35):
        ring = (frequency > low) & (frequency < low + 0.1)
        assert spectrum[ring].mean() == pytest.approx(1, rel=0.1)


def test_reference_images_have_no_network_to_start_from(load, tmp_path):
    with pytest.raises(SystemExit, match=r"--general is for networks"):
        load("real_micrographs").main([str(tmp_path), "--references", "--general"])


@pytest.mark.slow
def test_the_cost_of_a_micrograph_on_a_cluster_is_printed(load, capsys):
    load("pick_cluster").main(["--quick"])
    output = capsys.readouterr().out
    assert re.findall(r"^\| (\d+) \|", output, re.MULTILINE) == ["2", "4"]
    assert re.search(r"A micrograph of 4 costs [\d.]+ times", output)


@pytest.mark.slow
def test_time_and_memory_of_picking_are_printed(load, capsys):
    load("pick_jobs").main(["--quick"])
    output = capsys.readouterr().out
    assert re.findall(r"^\| (\d+) \| (\d+) \|", output, re.MULTILINE) == [
        ("1", "1"),
        ("2", "1"),
        ("2", "2"),
    ]
    assert re.search(r"Two processes are \d+\.\d\d times as fast as one", output)


def test_made_photographs_are_images_of_both_classes_and_of_their_seed(load):
    make = load("made_photographs").make_photographs
    X, y = make(60, 0)
    assert X.shape == (60, 3, 32, 32)
    assert X.min() >= 0
    assert X.max() <= 1
    assert 0.2 < y.mean() < 0.6
    assert X.std((1, 2, 3)).min() > 0.03
    np.testing.assert_array_equal(make(60, 0)[0], X)
    assert not np.array_equal(make(60, 1)[0], X)

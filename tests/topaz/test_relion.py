"""What RELION 4 and 5 do: their lists, their scripts, their parser of the table.

Written from what RELION's own source does, not from what this program writes.
"""

import os
import stat
import subprocess
import sys

import mrcfile
import numpy as np
import pytest

from pusklearn.metrics import match_coordinates

SMALL = "--units 4 --minibatch-size 32"


@pytest.fixture(scope="module")
def executable(tmp_path_factory):
    """A wrapper script, as the field "Topaz executable" often names one."""
    file = tmp_path_factory.mktemp("bin") / "topaz"
    program = "import sys; from pusklearn.topaz._main import main; sys.exit(main())"
    file.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{program}' \"$@\"\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def start(script, command, folder, log):
    """Start a script as RELION does, its output going to a file."""
    script.write_text(f"#!/bin/sh\n{command}\n")
    line = f"sh {script} > {log} 2>&1"
    return subprocess.Popen(line, shell=True, cwd=folder)


def read_table(file):
    """Return name, x, y and score as RELION's parser reads them."""
    with file.open() as lines:
        words = next(lines).split()
        assert len(words) >= 3
        at = {word: words.index(word) for word in ("x_coord", "y_coord", "score")}
        rows = []
        for line in lines:
            if len(line.rstrip("\n")) < 2:
                break
            values = line.split()
            rows.append([float(values[at[k]]) for k in ("x_coord", "y_coord", "score")])
    return np.array(rows).reshape(-1, 3)


@pytest.fixture(scope="module")
def trained(executable, made):
    """The folder of a job after the training that RELION runs."""
    folder, job = made.folder, made.folder / "AutoPick" / "job003"
    job.mkdir(parents=True)
    proc = "proc"
    command = (
        f"{executable} train  -n 20 -r 3 -d 0 -o AutoPick/job003/model_training.txt "
        f"--num-threads=1 --num-workers=1 "
        f"--train-images={proc}/image_list_train.txt "
        f"--test-images={proc}/image_list_test.txt "
        f"--train-targets={proc}/target_list_train.txt "
        f"--test-targets={proc}/target_list_test.txt "
        f"--save-prefix=AutoPick/job003/model {SMALL}"
    )
    process = start(job / "topaz_train.bash", command, folder, job / "run.out")
    assert process.wait() == 0, (job / "run.out").read_text()
    return job


def test_training_leaves_one_model_of_the_last_epoch(trained):
    assert [file.name for file in trained.glob("*.sav*")] == ["model_epoch10.sav"]


def test_the_curve_is_read_as_dashboards_do(trained):
    head, *lines = (trained / "model_training.txt").read_text().splitlines()
    columns = head.split("\t")
    assert columns == (
        [
            "epoch",
            "iter",
            "split",
            "loss",
            "ge_penalty",
            "precision",
            "tpr",
            "fpr",
            "auprc",
        ]
    )
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    test = [row for row in rows if row["split"] == "test"]
    assert len(test) == 1
    assert test[0] is rows[-1]
    assert test[0]["epoch"] == "10"
    for name in ("loss", "precision", "tpr", "fpr", "auprc"):
        assert float(test[0][name]) >= 0
    train = rows[:-1]
    assert [int(row["iter"]) for row in train] == list(range(1, len(train) + 1))
    assert [row["auprc"] for row in train] == ["-"] * len(train)
    assert {row["epoch"] for row in train} == {str(n) for n in range(1, 11)}
    float(train[-1]["ge_penalty"])


def test_the_log_is_of_lines_with_a_mark(trained):
    log = (trained / "run.out").read_text().splitlines()
    assert log
    assert all(line.startswith("# ") for line in log)
    gpu = [line for line in log if "GPU 0" in line]
    assert len(gpu) <= 1


def test_ranks_pick_at_a_time(executable, trained, made):
    processes, names = [], [*made.images][-2:]
    for rank, name in enumerate(names):
        image = trained / f"rank{rank:06}.mrc"
        mrcfile.write(image, made.images[name], voxel_size=0.885)
        command = (
            f"{executable} extract  -t -6 -r 6 -d -1 -x 4 "
            f"-m AutoPick/job003/model_epoch10.sav "
            f"-o AutoPick/job003/rank{rank:06}.txt AutoPick/job003/rank{rank:06}.mrc"
        )
        script = trained / f"rank{rank:06}.bash"
        log = trained / f"rank{rank:06}.log"
        processes.append(start(script, command, made.folder, log))
    assert [process.wait() for process in processes] == [0, 0]
    for rank, name in enumerate(names):
        assert (trained / f"rank{rank:06}.log").read_text() == ""
        picks = read_table(trained / f"rank{rank:06}.txt")
        particles = made.particles[name]
        height, width = made.images[name].shape
        assert ((picks[:, :2] >= 0) & (picks[:, :2] <= [4 * width, 4 * height])).all()
        assert (np.diff(picks[:, 2]) <= 0).all()
        best = picks[: len(particles)] / [4, 4, 1]
        hits, _ = match_coordinates(particles, best, 8)
        assert hits.mean() > 0.5
        # RELION takes the files away; it is fatal if one is missing.
        os.remove(trained / f"rank{rank:06}.txt")
        os.remove(trained / f"rank{rank:06}.mrc")
    assert not list(trained.glob(".*"))


def test_no_picks_are_a_header(run, project, model):
    status, out, err = run(
        *("extract", "-t", "1e6", "-r", 6, "-d", -1, "-x", 4, "-m", model),
        *("-o", "none.txt", "proc/mic000000.mrc"),
    )
    assert (status, out, err) == (0, "", "")
    assert project.text("none.txt") == "image_name\tx_coord\ty_coord\tscore\n"
    assert len(read_table(project.folder / "none.txt")) == 0


def test_a_very_small_threshold_is_a_number(run, project, model):
    for text in ("-1e-06", "-6", "-.5", "-1.5E+0", "-inf"):
        status, out, _ = run(
            *("extract", "-t", text, "-r", 6, "-m", model, "proc/mic000000.mrc"),
        )
        assert status == 0
        assert all(
            float(line.split()[3]) > float(text) for line in out.splitlines()[1:]
        )


@pytest.mark.parametrize("more", [[], ["--filaments_length", 30, "--filaments_plot"]])
def test_filaments_are_refused(run, project, model, more):
    status, out, err = run(
        *("extract", "--filaments", *more, "-t", -5, "-r", 6, "-d", -1, "-x", 4),
        *("-m", model, "-o", "filaments.txt", "proc/mic000000.mrc"),
    )
    assert (status, out) == (2, "")
    assert "filaments are not picked here" in err
    assert not (project.folder / "filaments.txt").exists()


def test_without_a_model_the_general_network_picks(run, project):
    status, out, err = run(
        *("extract", "-t", -20, "-r", 12, "-d", -1, "-x", 4),
        *("-o", "general.txt", "proc/mic000000.mrc"),
    )
    assert (status, out) == (0, "")
    assert "The general network of pusklearn picks" in err
    assert len(read_table(project.folder / "general.txt")) > 2


def test_denoising_is_refused(run, project):
    status, _, err = run(
        *("denoise", "proc/mic000000.mrc", "--output", "out/", "--device", 0),
        *("--patch-size", 1024, "--patch-padding", 256, "--normalize"),
    )
    assert status == 2
    assert "'denoise'" in err


def test_an_image_without_contrast_does_not_end_the_job(run, project, model):
    mrcfile.write("flat.mrc", np.zeros((100, 120), np.float32), overwrite=True)
    status, _, err = run(
        *("extract", "-t", -6, "-r", 6, "-x", 4, "-m", model, "-o", "flat.txt"),
        "flat.mrc",
    )
    # RELION warns of the status, but a missing table would end the job.
    assert status == 1
    assert "flat.mrc cannot be used" in err
    assert len(read_table(project.folder / "flat.txt")) == 0


@pytest.mark.parametrize("with_model", [True, False], ids=["a model", "general"])
def test_picking_an_image_takes_little_more_than_importing_torch(
    project, model, with_model
):
    """It does without scikit-learn, whose import takes as long as that of torch."""
    options = ["-r", "12", *(["-m", str(model)] if with_model else [])]
    program = (
        "import sys, time; from pusklearn.topaz._main import main; "
        f"main(['extract', *{options}, '-o', 'light.txt', 'proc/mic000000.mrc']); "
        "print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"joblib", "pandas", "pyarrow", "scipy.stats", "skorch", "sklearn"}
    assert not heavy & set(result.stdout.split())

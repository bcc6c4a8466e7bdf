"""Average precision on EMPIAR-10017 from the command line that RELION issues.

The micrographs are taken as RELION leaves them: made smaller already, each less its
mean and divided by its standard deviation. 100 particles of eight micrographs train,
and the other four are judged; ``--reverse`` exchanges the ends. A fifth of the labels
is the test set, as in RELION. Topaz 0.2.5 reaches about 0.70 in this way. With
``--general`` nothing is trained, and the general network picks.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import mrcfile
import numpy as np
from picking_data import find_data_set, judge
from resumable import FLAG, FOLDER, NUMBER, parse

from pusklearn import io

DATA = find_data_set("empiar-10017")
TEST_SHARE = 0.2
OPTIONS = {
    "data": FOLDER,
    "--draws": NUMBER | {"default": 1},
    "--labels": NUMBER | {"default": 100},
    "--reverse": FLAG,
    "--general": FLAG,
    "--executable": {"help": "instead of pusklearn-topaz of this Python"},
}


def run(executable, *arguments, folder):
    """Run the program as RELION does: in a shell, in the folder of the project."""
    script = folder / "script.bash"
    script.write_text(f"#!/bin/sh\n{executable} {' '.join(map(str, arguments))}\n")
    subprocess.run(["sh", script], cwd=folder, check=True)


def write_inputs(folder, micrographs, labels):
    """Write the images, and the lists of images and targets that RELION writes."""
    (folder / "proc").mkdir()
    for number, micrograph in enumerate(micrographs):
        pixels = np.asarray(micrograph, np.float32)
        pixels = (pixels - pixels.mean()) / pixels.std()
        mrcfile.write(folder / f"proc/mic{number:06}.mrc", pixels)
    is_test = np.random.default_rng(0).random(len(labels)) < TEST_SHARE
    names = [m.name for m in micrographs]
    for kind, part in (("train", labels[~is_test]), ("test", labels[is_test])):
        numbers = [names.index(name) for name in part.micrograph]
        images = "".join(
            f"mic{n:06}\t{folder}/proc/mic{n:06}.mrc\n" for n in sorted({*numbers})
        )
        targets = "".join(
            f"mic{n:06}\t{round(x)}\t{round(y)}\n"
            for n, x, y in zip(numbers, part.x, part.y, strict=True)
        )
        head = "image_name\tpath\n"
        (folder / f"proc/image_list_{kind}.txt").write_text(head + images)
        head = "image_name\tx_coord\ty_coord\n"
        (folder / f"proc/target_list_{kind}.txt").write_text(head + targets)


def train_model(executable, folder):
    """Train as RELION does, and return the option that names the model."""
    run(
        *(executable, "train", "-n", 650, "-r", 3, "-d", -1),
        *("-o", "model_training.txt", "--num-threads=1", "--num-workers=1"),
        "--train-images=proc/image_list_train.txt",
        "--test-images=proc/image_list_test.txt",
        "--train-targets=proc/target_list_train.txt",
        "--test-targets=proc/target_list_test.txt",
        "--save-prefix=model",
        folder=folder,
    )
    print((folder / "model_training.txt").read_text().splitlines()[-1], flush=True)
    return "-m", "model_epoch10.sav"


def measure(options, draw):
    """Return the average precision of one draw of labels."""
    micrographs = list(io.read_micrographs(options.data / DATA.name / "micrographs"))
    table = io.read_coordinates(options.data / DATA.name / "particles.txt")
    if not options.reverse:
        micrographs.reverse()  # The first four are judged.
    train, test = micrographs[: DATA.n_train], micrographs[DATA.n_train :]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = known.sample(options.labels, random_state=draw)
    executable = options.executable or (
        f"{sys.executable} -c 'from pusklearn.topaz._main import main; "
        "raise SystemExit(main())'"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, [*train, *test], labels)
        model = () if options.general else train_model(executable, folder)
        picks = []
        for number in range(len(train), len(train) + len(test)):
            run(
                *(executable, "extract", "-t", -6, "-r", 13, "-d", -1, "-x", 1),
                *(*model, "-o", "picks.txt"),
                f"proc/mic{number:06}.mrc",
                folder=folder,
            )
            rows = np.loadtxt(
                folder / "picks.txt", skiprows=1, usecols=(1, 2, 3), ndmin=2
            )
            picks.append(rows.reshape(-1, 3))
    print("picks", [len(p) for p in picks], [int((p[:, 2] > 0).sum()) for p in picks])
    (precision,) = judge(io.coordinates_for(table, test), picks, DATA.match_radius)
    return precision


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    for draw in range(options.draws):
        print(
            f"draw {draw}: average precision {measure(options, draw):.4f}", flush=True
        )


if __name__ == "__main__":
    main()

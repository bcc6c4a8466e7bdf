"""The command lines of Scipion, REPIC, Magellon, cryoSPARC and others, as they are.

Trainings are cut short after four updates; what is tested is that each line is taken,
and that each caller reads what it needs.
"""

import csv
import io
import sys

import mrcfile
import numpy as np
import pandas as pd
import pytest

pytestmark = [
    pytest.mark.usefixtures("short_training"),
    # A network that has hardly been trained gives a warning, as it should.
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture
def words(run):
    """Run a command line that is given as one text."""
    return lambda line: run(*line.split())


@pytest.fixture
def micrographs(project, drawn, tmp_path, monkeypatch):
    """Raw micrographs, and their coordinates in a table and as boxes of EMAN."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    rows = ["image_name\tx_coord\ty_coord\n"]
    for number, (image, points) in enumerate(zip(*drawn, strict=True)):
        mrcfile.write(
            f"raw/{number:06}.mrc", np.asarray(image, np.float32), voxel_size=1.5
        )
        rows += [f"{number:06}\t{x:.0f}\t{y:.0f}\n" for x, y in points[:6]]
        boxes = [f"{x - 12:.0f}\t{y - 12:.0f}\t24\t24\n" for x, y in points[:6]]
        (tmp_path / f"raw/{number:06}.box").write_text("".join(boxes))
    (tmp_path / "raw.txt").write_text("".join(rows))
    return tmp_path


def test_scripts_of_relion_3_1(words, micrographs):
    assert words("convert -s 1 raw.txt -o OUT.txt")[0] == 0
    images = " ".join(f"raw/{n:06}.mrc" for n in range(4))
    status, out, err = words(
        f"preprocess {images} --scale 1 --sample 1 --num-workers -1 --format mrc "
        "--device 0 --niters 100 --alpha 900 --beta 1 --verbose --destdir DIR/"
    )
    assert (status, out) == (0, "")
    assert "Without a meaning here, and not used: --sample, --niters" in err
    status, out, err = words(
        "train --train-images DIR/ --train-targets OUT.txt --k-fold 4 --fold 0 "
        "--radius 3 --model resnet8 --image-ext .mrc --units 32 --dropout 0.0 --bn on "
        "--unit-scaling 2 --ngf 32 --method GE-binomial --autoencoder 0 "
        "--num-particles 20 --l2 0 --learning-rate 0.0002 --minibatch-size 256 "
        "--minibatch-balance 0.0625 --epoch-size 5000 --num-epochs 3 --num-workers -1 "
        "--test-batch-size 1 --device 0 --save-prefix P --output LOG"
    )
    assert (status, out) == (0, ""), err
    assert "network: ResNet8()" in err
    assert [file.name for file in micrographs.glob("*.sav")] == ["P_epoch3.sav"]
    table = pd.read_csv("LOG", sep="\t")
    [test] = table[table["split"] == "test"].to_dict("records")
    assert test["epoch"] == 3
    status, _, err = words(
        "extract DIR/000000.mrc DIR/000001.mrc --model P_epoch3.sav --radius 8 "
        "--threshold -1000 --up-scale 1 --batch-size 1 --min-radius 5 --max-radius 100 "
        "--step-radius 5 --num-workers -1 --device 0 --output PICKS.txt"
    )
    assert status == 0, err
    status, _, err = words(
        "convert PICKS.txt --threshold 0 --up-scale 4 --down-scale 1 --voltage -1 "
        "--detector-pixel-size -1 --magnification -1 --amplitude-contrast -1 "
        "--boxsize 0 --image-ext .mrc --verbose 1 --output LAST.txt"
    )
    assert status == 0, err
    before, after = (pd.read_csv(f, sep="\t") for f in ("PICKS.txt", "LAST.txt"))
    kept = before[before["score"] > 0]
    assert 0 < len(kept) < len(before)
    assert after["x_coord"].tolist() == (4 * kept["x_coord"]).tolist()
    assert after["score"].tolist() == kept["score"].tolist()


def test_scipion(words, micrographs, model):
    images = " ".join(f"raw/{n:06}.mrc" for n in range(4))
    status, _, err = words(
        f"preprocess {images} -o OUT/ --scale 1  --num-workers 2 --device 0"
    )
    assert status == 0, err
    lists = "image_name\tpath\n" + "".join(
        f"{n:06}\t{micrographs}/OUT/{n:06}.mrc\n" for n in range(4)
    )
    (micrographs / "L.txt").write_text(lists)
    status, _, err = words(
        "train --radius 3 --autoencoder 0.000000 --num-epochs 10 --model conv31 "
        "--method GE-binomial --num-particles 300 --train-images L.txt --train-targets "
        "raw.txt --test-images L.txt --test-targets raw.txt --num-workers 1 --device 0 "
        "--save-prefix DIR/model -o DIR/model_training.txt"
    )
    assert status == 0, err
    # Scipion takes the last file whose name contains ".sav".
    models = [f.name for f in (micrographs / "DIR").iterdir() if ".sav" in f.name]
    assert models == ["model_epoch10.sav"]
    status, _, err = words(
        "extract  -t -6.0 -r 8 -m DIR/model_epoch10.sav "
        "-o OUT/topaz_coordinates0-4.txt --num-workers 1 --device 0 "
        "OUT/000000.mrc OUT/000001.mrc OUT/000003.mrc"
    )
    assert status == 0, err
    with open("OUT/topaz_coordinates0-4.txt") as file:
        rows = list(csv.reader(file, delimiter="\t"))[1:]
    assert {int(row[0]) for row in rows} <= {0, 1, 3}
    assert all(float(value) < 1e9 for row in rows for value in row[1:4])
    assert {len(row) for row in rows} == {4}


def test_a_training_goes_on_from_a_model(words, project, model, tmp_path):
    status, _, err = words(
        f"train --model {model} --num-particles 20 -r 3 "
        "--train-images proc/image_list_train.txt --train-targets "
        f"proc/target_list_train.txt --save-prefix {tmp_path}/more -o {tmp_path}/c.txt"
    )
    assert status == 0, err
    assert f"goes on from the weights of {model}" in err
    assert "network: ConvNet(" in err
    table = pd.read_csv(tmp_path / "c.txt", sep="\t")
    assert set(table["split"]) == {"train"}


def test_repic(words, micrographs):
    images = " ".join(f"raw/{n:06}" for n in range(4)).split()
    mrc, box = (" ".join(f"{i}.{suffix}" for i in images) for suffix in ("mrc", "box"))
    status, _, err = words(f"preprocess -s 1 --sample 1 -o DIR/ {mrc}")
    assert status == 0, err
    status, _, err = words(f"convert -s 1 -o T.txt {box}")
    assert status == 0, err
    joined = pd.read_csv("T.txt", sep="\t", dtype={"image_name": str})
    given = pd.read_csv("raw.txt", sep="\t", dtype={"image_name": str})
    assert joined["image_name"].tolist() == given["image_name"].tolist()
    assert (joined["x_coord"] - given["x_coord"]).abs().max() <= 1
    status, _, err = words(
        "train --num-particles 20 --num-workers 8 --minibatch-size 64 "
        "--minibatch-balance 0.1 --model conv63 --units 64 --train-images DIR/ "
        "--train-targets T.txt --test-images DIR/ --test-targets T.txt "
        "--save-prefix O/model --no-pretrained -o O/model_training.txt"
    )
    assert status == 0, err
    status, _, err = words(
        "extract -r 8 -x 2 -m O/model_epoch10.sav -o OUT.txt DIR/000002.mrc"
    )
    assert status == 0, err
    table = pd.read_csv("OUT.txt", sep="\t")
    assert list(table) == ["image_name", "x_coord", "y_coord", "score"]


def test_magellon(words, micrographs):
    for number in range(4):
        status, _, err = words(f"preprocess -v -s 1 -o DIR raw/{number:06}.mrc")
        assert status == 0, err
        assert f"DIR/{number:06}.mrc has been written" in err
    assert words("convert -s 1 -o P.txt raw.txt")[0] == 0
    assert words("train_test_split -n 1 --image-dir DIR P.txt")[0] == 0
    status, _, err = words(
        "train -n 20 -r 3 --num-workers=1 --train-images image_list_train.txt "
        "--train-targets P_train.txt --test-images image_list_test.txt "
        "--test-targets P_test.txt --save-prefix M -o C"
    )
    assert status == 0, err
    status, _, err = words("extract -r 8 -m M_epoch10.sav -o OUT DIR/000000.mrc")
    assert status == 0, err


def test_topaz_2_5d_gives_paths_on_standard_input(
    words, project, model, monkeypatch, tmp_path
):
    mrcfile.write(
        tmp_path / "tomo1_slice_07.mrc", project.images["mic000000"], overwrite=True
    )
    names = f"{tmp_path}/tomo1_slice_07.mrc\nproc/mic000001.mrc\n\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(names))
    status, out, err = words(
        f"extract --model {model} --radius 6 --up-scale 2 --output {tmp_path}/o.txt "
        "--threshold -1000 --assignment-radius 4 --min-radius 5 --max-radius 10 "
        "--step-radius 5 --num-workers 1 --device -1"
    )
    assert (status, out, err) == (0, "", "")
    table = pd.read_csv(tmp_path / "o.txt", sep="\t")
    assert list(table) == ["image_name", "x_coord", "y_coord", "score"]
    assert list(table["image_name"].unique()) == ["tomo1_slice_07", "mic000001"]


def test_cryosparc_as_far_as_it_is_known(words, micrographs):
    assert words("--version") == (0, "0.2.5\n", "")
    images = " ".join(f"raw/{n:06}.mrc" for n in range(4))
    status, _, err = words(
        "preprocess --scale 1 --niters 200 --num-workers 1 -o JOB/preprocessed "
        f"{images}"
    )
    assert status == 0, err
    (micrographs / "JOB/topaz_particles_raw.txt").write_text(
        (micrographs / "raw.txt").read_text()
    )
    status, _, err = words(
        "convert --down-scale 1 --threshold 0 -o JOB/topaz_particles_processed.txt "
        "JOB/topaz_particles_raw.txt"
    )
    assert status == 0, err
    # What has no score is never left out by a threshold.
    processed = micrographs / "JOB/topaz_particles_processed.txt"
    assert processed.read_text() == (micrographs / "raw.txt").read_text()
    status, _, err = words(
        "train_test_split --number 1 --seed 7 --image-dir JOB/preprocessed "
        "JOB/topaz_particles_processed.txt"
    )
    assert status == 0, err
    status, _, err = words(
        "train --train-images JOB/image_list_train.txt --train-targets "
        "JOB/topaz_particles_processed_train.txt --test-images "
        "JOB/image_list_test.txt --test-targets JOB/topaz_particles_processed_test.txt "
        "--num-particles 10 --learning-rate 0.0002 --minibatch-size 128 "
        "--num-epochs 10 --method GE-binomial --slack -1 --autoencoder 0 --l2 0.0 "
        "--minibatch-balance 0.0625 --epoch-size 5000 --model resnet8 --units 32 "
        "--dropout 0.0 --bn on --unit-scaling 2 --ngf 32 --num-workers 1 "
        "--cross-validation-seed 7 --radius 3 --num-particles 20 --device 0 "
        "--no-pretrained --save-prefix=JOB/models/model -o JOB/train_test_curve.txt"
    )
    assert status == 0, err
    assert "20.0 particles are expected" in err
    # The model of the epoch with the highest precision is kept.
    curve = pd.read_csv("JOB/train_test_curve.txt", sep="\t")
    test = curve[curve["split"] == "test"]
    epoch = test.loc[test["precision"].astype(float).idxmax(), "epoch"]
    status, _, err = words(
        "extract --radius 8 --threshold -6 --up-scale 1 --assignment-radius -1 "
        "--min-radius 5 --max-radius 100 --step-radius 5 --num-workers 1 --device 0 "
        f"--model JOB/models/model_epoch{epoch}.sav "
        "-o JOB/topaz_particles_prediction.txt JOB/preprocessed/000000.mrc"
    )
    assert status == 0, err


def test_a_web_front_end_reads_star_files(words, project, model, tmp_path):
    status, out, err = words(
        f"extract -m {model} -r 6 -o {tmp_path} --format star --per-micrograph "
        "--suffix _topaz proc/mic000000.mrc proc/mic000001.mrc"
    )
    assert (status, out, err) == (0, "", "")
    assert sorted(file.name for file in tmp_path.glob("*.star")) == [
        "mic000000_topaz.star",
        "mic000001_topaz.star",
    ]

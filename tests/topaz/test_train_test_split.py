import pytest

from pusklearn.topaz._image_lists import list_images
from pusklearn.topaz._tables import read_table


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images").mkdir()
    rows = []
    for number in range(6):
        (tmp_path / f"images/{number:03}.mrc").touch()
        rows += [f"{number:03}\t{number}\t{k}\n" for k in range(number + 1)]
    (tmp_path / "p.txt").write_text("".join(["image_name\tx_coord\ty_coord\n", *rows]))
    return tmp_path


def sets(folder):
    tables = [read_table(folder / f"p_{kind}.txt") for kind in ("train", "test")]
    lists = [list_images(folder / f"image_list_{k}.txt") for k in ("train", "test")]
    for table, listed in zip(tables, lists, strict=True):
        assert set(table["image_name"]) == {image.name for image in listed}
        assert all(image.path.is_absolute() for image in listed)
    return [set(table["image_name"]) for table in tables], sum(map(len, tables))


@pytest.mark.parametrize(("options", "n_test"), [(["-n", 2], 2), ([], 1)])
def test_micrographs_are_divided(run, folder, options, n_test):
    status, out, err = run(
        "train_test_split", *options, "--image-dir", "images", "p.txt"
    )
    assert (status, out) == (0, "")
    assert f"test: {n_test} micrographs" in err
    (train, test), n_particles = sets(folder)
    assert (len(train), len(test)) == (6 - n_test, n_test)
    assert not train & test
    assert n_particles == 21


def test_the_seed_decides(run, folder):
    found = []
    for seed in (0, 0, 1, 2, 3):
        run(
            *("train_test_split", "p.txt", "-n", 2, "--seed", seed),
            *("--image-dir", "images", "--image-ext", ".mrc"),
        )
        found.append(sets(folder)[0][1])
    assert found[0] == found[1]
    assert len(set(map(frozenset, found))) > 1


@pytest.mark.parametrize("number", [0, 6, -1])
def test_both_sets_need_a_micrograph(run, folder, number):
    status, _, err = run(
        "train_test_split", "-n", number, "--image-dir", "images", "p.txt"
    )
    assert status == 1
    assert f"less than the 6 micrographs with particles in p.txt. Got {number}" in err


def test_two_micrographs_are_needed(run, folder):
    (folder / "one.txt").write_text("image_name\tx_coord\ty_coord\n001\t1\t2\n")
    status, _, err = run("train_test_split", "--image-dir", "images", "one.txt")
    assert status == 1
    assert "At least 2 micrographs with particles are needed. one.txt has 1." in err


def test_a_missing_image_is_named(run, folder):
    (folder / "images/004.mrc").unlink()
    status, _, err = run("train_test_split", "--image-dir", "images", "p.txt")
    assert status == 1
    assert "no image of '004' in images" in err
    assert run("train_test_split", "--image-dir", "no", "p.txt")[0] == 1


def test_one_file_is_needed(run):
    status, _, err = run("train_test_split", "-n", 1)
    assert status == 2
    assert "1 file of coordinates" in err


def test_a_seed_is_at_least_0(run, folder):
    status, _, err = run("train_test_split", "p.txt", "--seed", -1)
    assert status == 2
    assert "--seed must be at least 0" in err

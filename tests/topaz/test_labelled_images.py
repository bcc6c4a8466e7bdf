from pathlib import Path

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.topaz import _labelled_images
from pusklearn.topaz._image_lists import ListedImage
from pusklearn.topaz._labelled_images import LabelledImages, read_set, read_sets


@pytest.fixture
def options(project):
    return {
        "train_images": "proc/image_list_train.txt",
        "train_targets": "proc/target_list_train.txt",
    }


def names(labelled):
    return [image.name for image in labelled.images]


def test_images_have_their_particles(options, project, capsys):
    learnt, test = read_sets(options)
    assert test is None
    assert names(learnt) == ["mic000000", "mic000001", "mic000002"]
    for image, points in zip(learnt.images, learnt.particles, strict=True):
        expected = np.round(project.particles[image.name][:4])
        np.testing.assert_array_equal(points, expected)
        np.testing.assert_array_equal(image, project.images[image.name])
    err = capsys.readouterr().err
    assert err == "# train: 3 images, 12 particles in 3 of them\n"
    assert learnt.mean_count == 4


def test_the_test_set_is_that_of_its_options(options):
    more = {
        "test_images": "proc/image_list_test.txt",
        "test_targets": "proc/target_list_test.txt",
    }
    learnt, test = read_sets({**options, **more})
    assert (names(learnt)[-1], names(test)) == ("mic000002", ["mic000003"])


def test_folds_are_of_images(options):
    found = []
    for fold in range(3):
        learnt, test = read_sets({**options, "k_fold": 3, "fold": fold})
        assert len(learnt.images) == 2
        found += names(test)
        assert not set(names(learnt)) & set(names(test))
    assert sorted(found) == ["mic000000", "mic000001", "mic000002"]
    orders = {
        tuple(
            name
            for fold in range(3)
            for name in names(
                read_sets(
                    {
                        **options,
                        "k_fold": 3,
                        "fold": fold,
                        "cross_validation_seed": seed,
                    }
                )[1]
            )
        )
        for seed in range(4)
    }
    assert len(orders) > 1


def test_many_images_are_opened_when_they_are_asked_for(options, monkeypatch):
    monkeypatch.setattr(_labelled_images, "MOST_OPEN", 2)
    learnt, test = read_sets({**options, "k_fold": 3})
    assert isinstance(learnt.images, LazyRows)
    assert len({*names(learnt), *names(test)}) == 3
    assert [len(points) for points in learnt.particles] == [4, 4]


def test_images_are_known_by_the_names_of_the_list(options, project):
    (project.folder / "names.txt").write_text(
        "image_name\tpath\nx\tproc/mic000000.mrc\nmic000000\tproc/mic000001.mrc\n"
    )
    (project.folder / "few.txt").write_text(
        "image_name\tx_coord\ty_coord\nx\t1\t2\nmic000000.mrc\t3\t4\n"
    )
    files = {"train_images": "names.txt", "train_targets": "few.txt"}
    first, second = read_set(files, "train").particles
    assert (first.tolist(), second.tolist()) == ([[1, 2]], [[3, 4]])


def test_images_without_particles_are_learnt_from_too(options, project):
    (project.folder / "few.txt").write_text(
        "image_name\tx_coord\ty_coord\nmic000001\t10\t20\nother\t1\t2\n"
    )
    learnt = read_set({**options, "train_targets": "few.txt"}, "train")
    assert [len(points) for points in learnt.particles] == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("image_name\tx_coord\ty_coord\n", "few.txt holds no particle"),
        ("image_name\tx_coord\ty_coord\nelse\t1\t2\n", "else"),
    ],
)
def test_labels_are_needed(options, project, text, words):
    (project.folder / "few.txt").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_set({**options, "train_targets": "few.txt"}, "train")


@pytest.mark.filterwarnings("ignore:.*outside")
def test_labels_inside_the_images_are_needed(options, project):
    (project.folder / "few.txt").write_text(
        "image_name\tx_coord\ty_coord\nmic000001\t9999\t20\n"
    )
    with pytest.raises(ValueError, match=r"None of the particles in few\.txt lies"):
        read_set({**options, "train_targets": "few.txt"}, "train")


def test_a_part_keeps_images_and_particles_together():
    images = [Micrograph(np.full((2, 2), k)) for k in range(3)]
    particles = [np.full((1, 2), k) for k in range(3)]
    listed = [ListedImage(str(k), Path(f"{k}.mrc")) for k in range(3)]
    part = LabelledImages(images, particles, listed).part([2, 0])
    assert [image[0, 0] for image in part.images] == [2, 0]
    assert [points[0, 0] for points in part.particles] == [2, 0]
    assert [one.name for one in part.listed] == ["2", "0"]


@pytest.mark.parametrize("most_open", [256, 2])
def test_two_sets_join_to_one_row_for_each_file(
    options, project, tmp_path, monkeypatch, most_open
):
    monkeypatch.setattr(_labelled_images, "MOST_OPEN", most_open)
    # RELION divides the particles of an image between both sets.
    (tmp_path / "again.mrc").symlink_to(project.folder / "proc/mic000001.mrc")
    (tmp_path / "images").write_text(
        f"image_name\tpath\nmic000003\t{project.folder}/proc/mic000003.mrc\n"
        f"again\t{tmp_path}/again.mrc\n"
    )
    (tmp_path / "targets").write_text(
        "image_name\tx_coord\ty_coord\nagain\t7\t8\nmic000003\t5\t6\n"
    )
    learnt, test = read_sets(
        options
        | {"test_images": tmp_path / "images", "test_targets": tmp_path / "targets"}
    )
    both = learnt.joined(test)
    assert isinstance(both.images, LazyRows) == (most_open < 4)
    assert names(both) == [f"mic00000{n}" for n in range(4)]
    assert [one.name for one in both.listed] == names(both)
    for image in both.images:
        np.testing.assert_array_equal(image, project.images[image.name])
    assert [len(points) for points in both.particles] == [4, 5, 4, 1]
    assert both.particles[1][4].tolist() == [7, 8]
    assert both.particles[3].tolist() == [[5, 6]]
    assert [len(points) for points in learnt.particles] == [4, 4, 4]


def test_folds_join_to_the_whole(options):
    whole, _ = read_sets(options)
    learnt, test = read_sets({**options, "k_fold": 3})
    both = learnt.joined(test)
    assert sorted(both.listed) == sorted(whole.listed)
    by_name = dict(zip(names(both), both.particles, strict=True))
    for name, points in zip(names(whole), whole.particles, strict=True):
        np.testing.assert_array_equal(by_name[name], points)


@pytest.mark.parametrize("row", ["", "else\t1\t2\n"], ids=["none", "of others"])
def test_a_test_set_without_particles_does_not_end_a_training(
    options, project, capsys, row
):
    (project.folder / "few.txt").write_text(f"image_name\tx_coord\ty_coord\n{row}")
    more = {"test_images": "proc/image_list_test.txt", "test_targets": "few.txt"}
    learnt, test = read_sets({**options, **more})
    assert (len(learnt.images), test) == (3, None)
    assert "nothing is measured on the test set" in capsys.readouterr().err


def test_folds_are_said(options, capsys):
    read_sets({**options, "k_fold": 3, "fold": 2})
    assert "# fold 2 of 3: 1 images to test\n" in capsys.readouterr().err

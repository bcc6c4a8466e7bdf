import tracemalloc

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.report._micrograph_view import ReportRow, view_micrograph
from pusklearn.micrographs.report._write_report import write_page, write_report


def test_a_generator_is_enough(make_scene, tmp_path):
    scene = make_scene(3)
    rows = (ReportRow(*row) for row in zip(scene.micrographs, scene.peaks, strict=True))
    write_report(tmp_path / "report.html", rows, scene.about)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "grid_2" in text
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_failure_leaves_no_file(make_scene, tmp_path):
    scene = make_scene(3)

    def rows():
        yield scene.micrographs[0], scene.peaks[0]
        yield scene.micrographs[1], [[1, 2, np.nan]]

    with pytest.raises(ValueError, match="grid_1"):
        write_report(tmp_path / "report.html", rows(), scene.about)
    assert not list(tmp_path.iterdir())


def test_the_folder_must_exist_before_anything_is_read(make_scene, tmp_path):
    with pytest.raises(FileNotFoundError, match="Make"):
        write_report(tmp_path / "no" / "report.html", [None], make_scene(1).about)


def test_one_micrograph_at_a_time_is_in_memory(make_scene, tmp_path):
    about = make_scene(1).about._replace(diameter=60.0)
    noise = np.random.default_rng(0).normal(size=(700, 700)).astype(np.float32)
    peaks = np.array([[300, 300, 1.0]])

    def most(n_micrographs):
        tracemalloc.start()
        rows = ((Micrograph(noise + 0), peaks) for _ in range(n_micrographs))
        write_report(tmp_path / "report.html", rows, about)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    # A page and its parts take about half a megabyte for each.
    assert most(12) - most(2) < 10 * noise.nbytes / 2


@pytest.mark.slow
def test_a_thousand_micrographs_are_at_most_20_megabytes(make_scene, tmp_path):
    random = np.random.default_rng(0)
    about = make_scene(1).about._replace(diameter=150.0)

    def peaks():
        points = random.uniform(0, 4096, (800, 2))
        return np.column_stack([points, np.sort(random.normal(-1, 2, 800))[::-1]])

    # 4096 pixels, already four times smaller. Ten are looked at, which takes the time.
    images = random.normal(size=(10, 1024, 1024)).astype(np.float32)
    looks = [
        view_micrograph((Micrograph(image, scale=4.0), peaks()), 150.0, 0)
        for image in images
    ]

    def thousand():
        for number in range(1000):
            look = looks[number % 10]
            view = look.view._replace(name=f"micrograph_{number:04}", peaks=peaks())
            yield look._replace(view=view)

    path = tmp_path / "report.html"
    write_page(path, thousand(), about)
    text = path.read_text(encoding="utf-8")
    assert 15e6 < path.stat().st_size < 20e6
    assert text.count("<img ") == 1000
    assert text.count('"image":') == 61  # and the sheet of crops

import tracemalloc

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.report._micrograph_view import ReportRow
from pusklearn.micrographs.report._write_report import write_report


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
    about = make_scene(1).about._replace(diameter=80.0)
    noise = random.normal(size=(4096 // 4, 4096 // 4)).astype(np.float32)

    def rows():
        for number in range(1000):
            # Particles of 80 pixels on 4096 pixels, already four times smaller.
            image = Micrograph(np.roll(noise, 37 * number), f"micrograph_{number:04}")
            points = random.uniform(0, 4096, (800, 2))
            peaks = np.column_stack([points, random.normal(-1, 2, 800)])
            yield Micrograph(image, scale=4.0), peaks

    write_report(tmp_path / "report.html", rows(), about)
    size = (tmp_path / "report.html").stat().st_size
    assert 15e6 < size < 20e6

import json
import re

import joblib
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import Micrograph, PeakExtractor, PicksReport, general_picker
from pusklearn.datasets import make_micrographs
from pusklearn.io import read_micrographs


@pytest.fixture
def scene():
    micrographs, _ = make_micrographs(3, size=128, random_state=0)
    picker = general_picker(24, threshold=0.0)
    peaks = picker["extract"].peaks(picker[:-1].transform(micrographs))
    return picker, micrographs, peaks


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search('id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_the_picker_finds_the_peaks_once(scene, tmp_path, monkeypatch):
    picker, micrographs, peaks = scene
    report = PicksReport(picker, micrographs)
    assert "`save` finds the picks" in report._repr_html_()
    found = data_of(report.save(tmp_path / "found.html"))
    monkeypatch.setattr(PeakExtractor, "peaks", None)
    again = data_of(report.save(tmp_path / "again.html"))
    given = data_of(
        PicksReport(picker, micrographs, peaks).save(str(tmp_path / "given.html"))
    )
    assert found["counts"] == again["counts"] == given["counts"]
    assert found["scores"] == again["scores"] == given["scores"]
    assert sum(given["counts"]) == sum(map(len, peaks)) - given["below"][0]
    assert "simulated_0000 with" in report._repr_html_()


def test_several_micrographs_at_a_time_give_the_same_page(scene, tmp_path):
    report = PicksReport(*scene)
    one = data_of(report.save(tmp_path / "one.html"))
    with joblib.parallel_config("threading", n_jobs=2):
        two = data_of(report.save(tmp_path / "two.html"))
    assert {**one, "created": ""} == {**two, "created": ""}


def test_what_the_user_adds_is_on_the_page(scene, tmp_path):
    report = PicksReport(
        *scene,
        threshold=1.5,
        diameter=30,
        defocus=[12_000, None, 9_000.0],
        notes={"model": "my.pusk"},
    )
    path = report.save(tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert data_of(path)["start"] == 1.5
    assert data_of(path)["diameter"] == 30
    assert "<td>1.20</td>" in text
    assert "<td>my.pusk</td>" in text


@pytest.mark.parametrize("n_columns", [2, 3])
def test_picks_without_scores_are_shown(scene, tmp_path, n_columns):
    picker, micrographs, peaks = scene
    bare = [np.column_stack([one[:, :2], np.full(len(one), np.nan)]) for one in peaks]
    bare = [one[:, :n_columns] for one in bare]
    report = PicksReport(picker, micrographs, bare)
    text = report.save(tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<body class="uncalibrated unscored no-defocus">' in text
    assert "Histogram" not in report._repr_html_()


def test_no_pick_at_all_is_shown(scene, tmp_path):
    picker, micrographs, _ = scene
    report = PicksReport(picker, micrographs, [np.empty((0, 3))] * 3)
    assert data_of(report.save(tmp_path / "report.html"))["counts"] == [0, 0, 0]


def test_a_micrograph_that_cannot_be_read_is_left_out(scene, tmp_path):
    picker, micrographs, peaks = scene
    broken = [micrographs[0], np.full((9, 9), np.nan), micrographs[2]]
    with pytest.warns(UserWarning, match="number 1 cannot be used"):
        path = PicksReport(picker, broken, peaks).save(tmp_path / "report.html")
    assert sorted(data_of(path)["order"]) == [0, 2]
    assert "cannot be used and are left out: number 1" in path.read_text("utf-8")


def test_a_file_that_is_gone_is_left_out(scene, tmp_path):
    import mrcfile

    picker, micrographs, peaks = scene
    files = [tmp_path / f"{micrograph.name}.mrc" for micrograph in micrographs]
    for file, micrograph in zip(files, micrographs, strict=True):
        with mrcfile.new(file) as mrc:
            mrc.set_data(np.asarray(micrograph, np.float32))
            mrc.voxel_size = 2.0
    read = read_micrographs(files)
    files[0].unlink()
    with pytest.warns(UserWarning, match="simulated_0000 cannot be used"):
        path = PicksReport(picker, read, peaks).save(tmp_path / "report.html")
    assert sorted(data_of(path)["order"]) == [1, 2]


def test_a_micrograph_that_is_lost_needs_no_pixel_size(scene, tmp_path):
    class Files(list):
        def __getitem__(self, number):
            if number == 1:
                raise FileNotFoundError("b.mrc is gone")
            return Micrograph(super().__getitem__(number), pixel_size=2.0)

    picker, micrographs, peaks = scene
    report = PicksReport(
        picker, Files(micrographs), peaks, diameter="48A", names=["a", "b", "c"]
    )
    with pytest.warns(UserWarning, match="Micrograph b cannot be used"):
        path = report.save(tmp_path / "report.html")
    assert data_of(path)["diameter"] == 24
    assert "left out: b: b.mrc is gone." in path.read_text("utf-8")


def test_names_are_for_micrographs_that_have_none(scene, tmp_path):
    picker, micrographs, peaks = scene
    mixed = [micrographs[0], *map(np.asarray, micrographs[1:])]
    report = PicksReport(picker, mixed, peaks, names=["a", "b", "c"])
    found = data_of(report.save(tmp_path / "report.html"))["micrographs"]
    assert [one["name"] for one in found] == ["simulated_0000", "b", "c"]


def test_too_many_open_files_is_no_fault_of_a_micrograph(scene, tmp_path):
    class Files(list):
        def __getitem__(self, number):
            raise OSError(24, "too many open files")

    picker, micrographs, peaks = scene
    with pytest.raises(OSError, match="too many"):
        PicksReport(picker, Files(micrographs), peaks).save(tmp_path / "report.html")


def test_bad_input_is_an_error(scene):
    picker, micrographs, peaks = scene
    for options, message in (
        ({"picks": peaks[:2]}, "`picks` must have one entry per micrograph. Got 2 for"),
        ({"names": ["a"]}, "`names` must have one entry per micrograph. Got 1 for"),
        ({"defocus": [1.0]}, "`defocus` must have one entry per micrograph. Got 1 for"),
        ({"threshold": np.inf}, "`threshold` must be a number"),
        ({"diameter": 0}, "`diameter` must be a number"),
        ({"picks": [peaks[0], peaks[1][:, :2], peaks[2]]}, "number 1 have shape"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            PicksReport(picker, micrographs, **options).save("report.html")
    with pytest.raises(TypeError, match="`notes` must be a dict of texts"):
        PicksReport(picker, micrographs, notes="Session 3").save("report.html")


@pytest.mark.parametrize(
    "picker", [StandardScaler(), make_pipeline(StandardScaler())], ids=["step", "steps"]
)
def test_a_picker_without_peaks_needs_picks(picker, scene):
    with pytest.raises(TypeError, match="Give them as `picks`"):
        PicksReport(picker, [Micrograph(np.eye(3))]).save("report.html")


def test_all_peaks_are_known_if_the_picker_finds_them(scene, tmp_path):
    picker, micrographs, *_ = scene
    said = "Only picks above the threshold were given"
    page = PicksReport(picker, micrographs, threshold=-100.0).save(tmp_path / "a.html")
    assert said not in page.read_text(encoding="utf-8")
    maps = picker[:-1].transform(micrographs)
    peaks = picker[-1].peaks(maps)
    given = PicksReport(picker, micrographs, peaks, threshold=-100.0)
    page = given.save(tmp_path / "b.html")
    assert said in page.read_text(encoding="utf-8")

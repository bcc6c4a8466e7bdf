import numpy as np
import pytest
from click.testing import CliRunner

from pusklearn import io
from pusklearn.commands._main import main
from pusklearn.datasets import make_micrographs


@pytest.fixture
def run(monkeypatch, tmp_path):
    import matplotlib
    import mrcfile

    matplotlib.use("agg")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    (folder / "micrographs").mkdir(parents=True)
    micrographs, coordinates = make_micrographs(3, size=96, snr=1.0, random_state=0)
    for micrograph in micrographs:
        path = folder / "micrographs" / f"{micrograph.name}.mrc"
        mrcfile.write(path, np.asarray(micrograph), voxel_size=1.5)
    io.write_coordinates(folder / "particles.txt", coordinates, micrographs)

    def run(*arguments):
        options = ["--labels", "5", "--updates", "10", *arguments]
        return CliRunner().invoke(main, ["demo", *options])

    return run


@pytest.mark.parametrize("diameter", ["24px", "36A"])
def test_it_learns_picks_and_judges_a_folder(run, tmp_path, diameter):
    result = run("--data", "data", "--diameter", diameter)
    assert result.exit_code == 0, result.output
    for words in (
        "5 labels from 2 micrographs",
        "average precision",
        "precision at 50% recall",
        "precision at 70% recall",
        "precision at 90% recall",
        "threshold",
    ):
        assert words in result.output
    assert (tmp_path / "demo" / "picks.png").stat().st_size > 10_000
    picks = io.read_coordinates(tmp_path / "demo" / "picks.star")
    assert set(picks.micrograph) == {"data/micrographs/simulated_0002.mrc"}
    assert f"Wrote {len(picks)} picks" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "data"], "needs --diameter"),
        (["--data", "nowhere"], "does not exist"),
        (["--data", "data/micrographs", "--diameter", "24px"], "one coordinate file"),
        (["--data", "data", "--diameter", "24px", "--labels", "999"], "Got 999 of"),
        (["--data", "data", "--diameter", "400px"], "at most 127 pixels"),
        (["--data", "data", "--diameter", "24"], "24 angstrom or 24 pixels"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert message in result.output.replace("\n", " ")
    assert "Traceback" not in result.output

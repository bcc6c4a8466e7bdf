"""The code of the README and of a RELION project runs; training is cut short."""

import re
from pathlib import Path

import mrcfile
import pytest

from pusklearn import io
from pusklearn.datasets import make_micrographs
from pusklearn.pu.network import _training

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
GUIDE = README.parent / "docs" / "guide" / "micrographs_to_picks.md"
RELION = re.search(
    r"```py\n(.*?MotionCorr/job002.*?)```", GUIDE.read_text(), re.DOTALL
)[1]
INDEX = """
data_coordinate_files

loop_
_rlnMicrographName
_rlnMicrographCoordinates
{folder}/{name}.mrc ManualPick/job003/Movies/{name}_manualpick.star
"""


@pytest.fixture(autouse=True)
def short_training(monkeypatch, tmp_path, few_examples):
    plan = _training.plan_batches

    def short_plan(*args):
        batch_size, batches = plan(*args)
        return min(batch_size, 32), {**batches, "n_batches": 3}

    monkeypatch.setattr(_training, "plan_batches", short_plan)
    monkeypatch.chdir(tmp_path)


def test_both_audiences_have_a_block():
    assert len(BLOCKS) == 2


@pytest.mark.parametrize("code", BLOCKS, ids=["micrographs", "samples"])
def test_a_block_runs(code, capsys):
    exec(compile(code, str(README), "exec"), {})
    assert capsys.readouterr().out


def test_the_block_for_a_relion_project_runs_in_one(tmp_path):
    folder = "MotionCorr/job002/Movies"
    clicks = tmp_path / "ManualPick/job003/Movies"
    for path in (tmp_path / folder, clicks):
        path.mkdir(parents=True)
    [micrograph], [particles] = make_micrographs(
        1, size=720, diameter=180, n_particles=5, random_state=0
    )
    mrcfile.write(tmp_path / folder / "a.mrc", micrograph, voxel_size=1.5)
    mrcfile.write(tmp_path / folder / "a_PS.mrc", micrograph[:64, :64], voxel_size=1.5)
    io.write_coordinates(clicks / "a_manualpick.star", [particles], ["a"])
    (tmp_path / "MotionCorr/job002/corrected_micrographs.star").write_text(
        f"data_micrographs\n\nloop_\n_rlnMicrographName\n{folder}/a.mrc\n"
    )
    index = INDEX.format(folder=folder, name="a")
    (clicks.parent / "manualpick.star").write_text(index)
    code = RELION.replace("particles_per_micrograph=300", "particles_per_micrograph=10")
    exec(compile(code, str(GUIDE), "exec"), {})
    picks = io.read_coordinates("AutoPick/pusklearn/autopick.star")
    assert (picks["micrograph"] == f"{folder}/a.mrc").all()
    assert len(picks)

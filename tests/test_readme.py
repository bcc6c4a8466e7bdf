"""The README's Python code runs as it stands; training is cut short."""

import re
from pathlib import Path

import pytest

from pusklearn import _training

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def test_both_audiences_have_a_block():
    assert len(BLOCKS) == 2


@pytest.mark.parametrize("code", BLOCKS, ids=["micrographs", "samples"])
def test_a_block_runs(code, monkeypatch, tmp_path, capsys):
    plan = _training.plan_batches

    def short_plan(*args):
        batch_size, batches = plan(*args)
        return batch_size, {**batches, "n_batches": 3}

    monkeypatch.setattr(_training, "plan_batches", short_plan)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(README), "exec"), {})
    assert capsys.readouterr().out

"""The script for a machine with a GPU runs on a GPU that is none, and on a CPU."""

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from fake_gpu import FakeGpu

DOCS = Path(__file__).parents[1] / "docs"


def run(load, folder, *arguments):
    """Run the script quickly."""
    load("gpu").main(["--quick", "--out", str(folder), *arguments])


def values(folder, case):
    """Return the values of a case by what is measured."""
    table = pd.read_csv(folder / "gpu.csv")
    return table[table.case == case].set_index("work")


def test_the_page_is_that_of_its_table(load, tmp_path):
    for name in ("gpu.csv", "gpu.json"):
        if (DOCS / name).exists():
            (tmp_path / name).write_bytes((DOCS / name).read_bytes())
    load("gpu").main(["--report", "--out", str(tmp_path)])
    page = (tmp_path / "gpu.md").read_text()
    assert page == (DOCS / "gpu.md").read_text()
    assert re.findall("^## (.*)$", page, re.M)[0] == "Use what, and when"
    assert ("**No number has been measured yet**" in page) == (
        not (DOCS / "gpu.csv").exists()
    )


# The script is long, and must not fail where a GPU is lent for minutes.
def test_all_cases_run_on_a_gpu_that_is_none(load, tmp_path):
    with FakeGpu():
        cases = ["scores", "training", "epoch", "picking", "memory", "compiled"]
        cases += ["graphs"]
        run(load, tmp_path, "--cases", *cases)
    assert not values(tmp_path, "scores").value.any()
    assert len(values(tmp_path, "scores")) == 5
    training = values(tmp_path, "training")
    assert training.value["same bits in two fits"] == 1
    assert (training.value > 0).all()
    epoch = values(tmp_path, "epoch").value
    assert epoch["waits per update"] == 0
    assert 0 < epoch["loading"] < 100
    picking = values(tmp_path, "picking")
    assert (picking.value > 0).all()
    memory = values(tmp_path, "memory").value
    assert 0 < memory["after the fit"] < memory["fit, at most"]
    graphs = values(tmp_path, "graphs").value
    assert [*graphs.index] == [
        f"{name}, on a ready batch" for name in ("bare loop", "fit")
    ]
    page = (tmp_path / "gpu.md").read_text()
    assert "Device: none, but a CPU in its place." in page
    assert "**This was a quick run.**" in page
    assert "gave the same bits" in page
    ours = training.iloc[0]
    speed = f"{100 * ours.reference / ours.value:.0f} %"
    assert re.search(rf"^\| {ours.name} \|.*\| {speed} \|$", page, re.M)
    assert "ended with an error" not in page


def test_waits_are_found(load):
    with FakeGpu():
        count_waits = load("gpu_watch").count_waits
        x = torch.arange(3, device="cuda")
        assert count_waits(x.sum) == 0
        assert count_waits(lambda: [x.sum().item(), x.cpu()]) == 2


def test_the_cpu_stands_for_a_gpu_in_a_quick_run(load, tmp_path):
    run(load, tmp_path, "--cases", "scores", "memory")
    assert not values(tmp_path, "scores").value.any()
    assert "Memory of the GPU" not in (tmp_path / "gpu.md").read_text()
    with pytest.raises(SystemExit, match="There is no NVIDIA GPU here"):
        load("gpu").main(["--out", str(tmp_path)])


def test_the_tests_on_the_gpu_are_counted(load, tmp_path, monkeypatch):
    last = "FAILED tests/test_gpu.py::test_it[real-one] - no\n1 failed, 42 passed in 9s"
    done = SimpleNamespace(stdout=f"......F\n{last}\n", stderr="")
    monkeypatch.setattr(
        load("gpu_cases").subprocess, "run", lambda *args, **kwargs: done
    )
    run(load, tmp_path, "--cases", "tests")
    found = values(tmp_path, "tests")
    assert found.value["passed"] == 42
    assert found.value["failed"] == 1
    page = (tmp_path / "gpu.md").read_text()
    assert "| not passed: `tests/test_gpu.py::test_it[real-one]` |" in page


def test_a_case_that_fails_takes_nothing_from_the_others(load, tmp_path, monkeypatch):
    gpu = load("gpu")

    def fail(device, quick):
        yield "a work", 2.0, "ms", 3.0, ""
        raise RuntimeError("out of memory")

    def work(device, quick):
        yield "fit, at most", 5.0, "MB", 1.0, ""

    monkeypatch.setitem(gpu.CASES, "training", (fail, 1))
    monkeypatch.setitem(gpu.CASES, "memory", (work, 1))
    with pytest.raises(SystemExit, match="These cases failed: training"):
        run(load, tmp_path, "--cases", "training", "memory")
    page = (tmp_path / "gpu.md").read_text()
    assert "| a work | 2 ms | 3 ms | 150 % |" in page
    assert "| fit, at most | 5 MB | 1 MB |" in page
    assert "`training` ended with an error: RuntimeError: out of memory" in page


def test_a_case_for_which_there_is_no_time_is_left_out(load, tmp_path, capsys):
    run(load, tmp_path, "--cases", "scores", "--minutes", "0.5")
    assert "scores is left out: there is no time for it." in capsys.readouterr().out
    assert not (tmp_path / "gpu.csv").exists()

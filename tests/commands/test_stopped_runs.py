"""Runs of ``pusklearn pick`` that are stopped at any moment, and started again."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from pusklearn.commands._pick_journal import JOURNAL, PickJournal

pytestmark = pytest.mark.slow
FORMATS = {"csv": [], "box": ["--box-size", "20px"], "relion": []}


@pytest.fixture
def project(small, tmp_path):
    """Copy twelve micrographs."""
    for copy in "abc":
        shutil.copytree(small.folder / "mics", tmp_path / "mics" / copy)
    return tmp_path


def start(small, project, output, format, jobs="1"):
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pusklearn.commands._main import main; main()",
            "pick",
            str(small.model),
            "mics/*/*.mrc",
            "--output",
            output,
            "--format",
            format,
            *FORMATS[format],
            "--jobs",
            jobs,
        ],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def files_in(folder):
    """Return the bytes of all files but the record and the journal."""
    # The index of RELION names the folder.
    name = f"{folder.name}/".encode()
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().replace(name, b"")
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("run.json", JOURNAL)
    }


@pytest.mark.parametrize(
    ("format", "jobs", "n_kills"),
    [("csv", "1", 10), ("csv", "2", 10), ("box", "1", 5), ("relion", "2", 5)],
)
def test_killed_runs_end_with_the_picks_of_an_undisturbed_one(
    small, project, format, jobs, n_kills
):
    before = time.perf_counter()
    run = start(small, project, "whole", format)
    run.communicate()
    assert run.returncode == 0
    seconds = time.perf_counter() - before
    moments = random.Random(f"{format} {jobs}")
    output = project / "killed"
    for _ in range(n_kills):
        run = start(small, project, "killed", format, jobs)
        # Most of the time is the start, in which nothing happens that could go wrong.
        time.sleep(seconds * moments.uniform(0.3, 1.2))
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
        if (output / JOURNAL).exists():
            with PickJournal(output) as journal:
                entries = journal.read()
            # So that the next one has something to do.
            if len(entries) == 12:
                keep_lines(output / JOURNAL, moments.randrange(12))
    run = start(small, project, "killed", format, jobs)
    _, errors = run.communicate()
    assert run.returncode == 0, errors
    assert files_in(output) == files_in(project / "whole")
    assert not list(output.rglob(".pusklearn-*"))


def keep_lines(path, number):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:number]))


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("whole_group", [True, False])
def test_ctrl_c_is_one_line(small, project, jobs, whole_group):
    run = start(small, project, "stopped", "csv", jobs)
    while not (project / "stopped" / JOURNAL).exists():
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT) if whole_group else os.kill(
        run.pid, signal.SIGINT
    )
    before = time.perf_counter()
    _, errors = run.communicate()
    assert time.perf_counter() - before < 5
    assert run.returncode == 130
    assert errors.splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in errors
    run = start(small, project, "stopped", "csv", jobs)
    run.communicate()
    assert run.returncode == 0

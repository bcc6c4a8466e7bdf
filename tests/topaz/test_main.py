import subprocess
import sys
from types import SimpleNamespace

import pytest

from pusklearn.topaz import _main
from pusklearn.topaz._main import COMMANDS, NOT_HERE, main

PROGRAM = [sys.executable, "-c", "from pusklearn.topaz._main import main; main()"]
HEAVY = {"joblib", "pandas", "pyarrow", "scipy.stats", "skorch", "sklearn", "starfile"}


def test_the_version_is_that_of_the_interface_and_nothing_else(run):
    assert run("--version") == (0, "0.2.5\n", "")


def test_the_version_needs_no_library():
    program = (
        "import sys; from pusklearn.topaz._main import main; main(['--version']); "
        "print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"numpy", "torch", *HEAVY} & set(result.stdout.split())


@pytest.mark.parametrize("name", NOT_HERE)
def test_what_topaz_can_do_besides_is_refused(run, name):
    status, out, err = run(name, "a.mrc", "--output", "x/")
    assert (status, out) == (2, "")
    assert f"{name!r}" in err
    assert "Call topaz itself" in err


def test_an_unknown_command_is_refused(run):
    status, out, err = run("pick")
    assert (status, out) == (2, "")
    assert err.startswith("# pusklearn-topaz: error: there is no command 'pick'")


def test_without_a_command_the_commands_are_named(run):
    status, _, err = run()
    assert status == 2
    assert "train_test_split" in err


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command(run, option):
    status, out, err = run(option)
    assert (status, err) == (0, "")
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(run, name):
    status, out, err = run(name, "--help")
    assert (status, err) == (0, "")
    assert f"pusklearn-topaz {name}".replace("normalize", "preprocess") in out


def test_an_error_is_a_sentence(run, tmp_path):
    status, out, err = run(
        *("train", "--train-images", tmp_path / "no", "--train-targets", "no")
    )
    assert (status, out) == (1, "")
    assert err.splitlines()[-1].startswith("# pusklearn-topaz train: error: ")


def test_an_error_of_the_system_names_the_file(run, project):
    status, _, err = run("extract", "-m", "no.sav", "-r", 5, "proc/mic000000.mrc")
    assert status == 1
    assert err == (
        "# pusklearn-topaz extract: error: no.sav: No such file or directory\n"
    )


def test_arguments_are_those_of_the_process_if_none_are_given(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["pusklearn-topaz", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == "0.2.5\n"


def test_an_interrupt_is_said(run, monkeypatch):
    def interrupted(arguments):
        raise KeyboardInterrupt

    modules = {"pusklearn.topaz._train": SimpleNamespace(train=interrupted)}
    monkeypatch.setattr(_main, "import_module", modules.__getitem__)
    expected = "# pusklearn-topaz train: interrupted.\n"
    assert run("train") == (130, "", expected)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_may_be_closed(project, model, closed):
    program = "import sys; from pusklearn.topaz._main import main; sys.exit(main())"
    command = (
        f'exec "$0" -c "{program}" extract --foo -m {model} -r 6 {closed} '
        "proc/mic000000.mrc"
    )
    assert subprocess.run(["sh", "-c", command, sys.executable]).returncode == 0

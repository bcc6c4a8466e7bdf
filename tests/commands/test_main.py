import subprocess
import sys
import warnings

import click
import pytest

import pusklearn
from pusklearn.commands._main import Commands, main


def test_the_version_is_that_of_the_package(pusklearn_command):
    assert pusklearn.__version__ in pusklearn_command("--version").stdout


def test_help_names_every_command_in_the_order_of_use(pusklearn_command):
    lines = pusklearn_command("--help").stdout.partition("Commands:")[2].splitlines()
    named = [line.split()[0] for line in lines if line.strip()]
    assert named[: len(main.commands)] == list(main.commands)
    assert named[:2] == ["train", "pick"]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_has_help(pusklearn_command, command):
    result = pusklearn_command(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_help_is_fast_because_it_imports_nothing_heavy():
    code = (
        "import sys, pusklearn.commands._main\n"
        "heavy = {'numpy', 'pandas', 'scipy', 'sklearn', 'torch', 'mrcfile'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_an_unknown_command_is_a_usage_error(pusklearn_command):
    result = pusklearn_command("train-all")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


@pytest.mark.filterwarnings("default")
def test_errors_and_warnings_are_lines(capsys):
    @click.command()
    def fails():
        warnings.warn("odd", stacklevel=1)
        raise ValueError("wrong")

    with pytest.raises(SystemExit) as caught:
        Commands(commands={"fails": fails}).main(["fails"])
    assert caught.value.code == 1
    assert capsys.readouterr().err == "warning: odd\nError: wrong\n"

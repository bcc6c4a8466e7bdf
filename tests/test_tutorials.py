"""The commands on the pages of the tutorials run, and print what the pages show."""

import re
import subprocess

import pytest
import tutorial_pages
from click.testing import CliRunner
from tutorial_pages import PROJECTS, QUICK, SIMULATION, TUTORIALS

from pusklearn.commands._main import main

each_page = pytest.mark.parametrize("page", PROJECTS)


def steps_of(page):
    return tutorial_pages.steps_of((TUTORIALS / f"{page}.md").read_text())


def words_of(command, folder):
    """Return the words of a command as a shell gives them to a program."""
    script = f'for word in {command}; do printf "%s\\0" "$word"; done'
    found = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True)
    return found.stdout.decode().split("\0")[:-1]


def check(page, tmp_path, monkeypatch, settings, extra=()):
    """Run the commands of a page in a new project."""
    tutorial_pages.make_project(page, tmp_path, settings)
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    for step in steps_of(page):
        program, *arguments = words_of(step.command, tmp_path)
        assert program == "pusklearn", step.command
        options = extra if arguments[0] == "train" else ()
        result = runner.invoke(main, [*arguments, *options])
        assert result.exit_code == 0, f"{step.command}\n{result.output}"
        shown = tutorial_pages.form_of(step.output)
        assert tutorial_pages.form_of(result.stdout) == shown, step.command


# So few updates teach nothing.
@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
@each_page
def test_the_commands_of_a_page_run_on_a_small_project(
    page, tmp_path, monkeypatch, few_examples
):
    check(page, tmp_path, monkeypatch, QUICK, ["--updates", "10"])


@pytest.mark.slow
@each_page
def test_the_commands_of_a_page_run_as_they_stand(page, tmp_path, monkeypatch):
    check(page, tmp_path, monkeypatch, SIMULATION)


@each_page
def test_a_page_shows_what_each_command_prints(page):
    steps = steps_of(page)
    assert [step.command.split()[1] for step in steps][:3] == ["info", "train", "pick"]
    assert all(step.output.strip() for step in steps)


@each_page
def test_a_page_has_its_picture(page):
    text = (TUTORIALS / f"{page}.md").read_text()
    pictures = re.findall(r"```\{image\} (\S+)", text)
    assert pictures == [f"{page}.png"]
    assert (TUTORIALS / pictures[0]).stat().st_size > 10_000


def test_every_page_is_known():
    pages = {page.stem for page in TUTORIALS.glob("*.md")}
    assert pages == {*PROJECTS, "index"}


TEXT = """
```console
$ pusklearn info a \\
    b
old
$ pusklearn pick
```

```console
$ ls
```
"""


def test_commands_and_their_outputs_are_found():
    first, second, third = tutorial_pages.steps_of(TEXT)
    assert first.command.split() == ["pusklearn", "info", "a", "\\", "b"]
    assert first.output == "old\n"
    assert (second.command, second.output) == ("pusklearn pick", "")
    assert third.command == "ls"


def test_outputs_are_filled_in():
    filled = tutorial_pages.fill_in(TEXT, lambda command: f"new {len(command)}\n")
    outputs = [step.output for step in tutorial_pages.steps_of(filled)]
    assert outputs == ["new 24\n", "new 14\n", "new 2\n"]
    assert tutorial_pages.fill_in(filled, lambda c: f"new {len(c)}\n") == filled


def test_a_command_that_fails_is_an_error(tmp_path):
    assert tutorial_pages.run_in_shell("printf 'a\n'", tmp_path) == "a\n"
    with pytest.raises(RuntimeError, match="ls nowhere"):
        tutorial_pages.run_in_shell("ls nowhere", tmp_path)


@pytest.mark.parametrize(
    ("output", "form"),
    [
        ("Took 1 min 3 s.", ["Took TIME."]),
        ("Took 12 s.", ["Took TIME."]),
        ("score -1.5 to +2e-05\n", ["score # to #"]),
        ("a_1.mrc 3\nb_1.mrc 3\n\n", ["a_#.mrc #", "b_#.mrc #"]),
        ("a_1.mrc 3\na_2.mrc 44\n", ["a_#.mrc #"]),
        ("5 picks.", ["# picks."]),
    ],
)
def test_the_form_of_an_output_has_no_numbers(output, form):
    assert tutorial_pages.form_of(output) == form

import click
import pytest

from pusklearn.commands._many_values import ManyValues, with_names_repeated


@click.command(cls=ManyValues)
@click.argument("files", nargs=-1)
@click.option("--particles", "-p", multiple=True)
@click.option("--seed", type=int)
@click.option("--json", "as_json", is_flag=True)
def command(files, particles, seed, as_json):
    return files, particles, seed, as_json


def read(*arguments):
    return command.main(list(arguments), standalone_mode=False)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a", "b", "--particles", "1", "2", "3"], (("a", "b"), ("1", "2", "3"))),
        (["a", "-p", "1", "2", "--json"], (("a",), ("1", "2"), None, True)),
        (["--particles", "1", "2", "--", "a"], (("a",), ("1", "2"))),
        (["--particles=1", "a"], (("a",), ("1",))),
        (["--particles", "1", "--particles", "2", "3"], ((), ("1", "2", "3"))),
        (["--particles", "-", "1"], ((), ("-", "1"))),
        (["--seed", "3", "a", "--particles", "1"], (("a",), ("1",), 3)),
        (["a"], (("a",), ())),
    ],
)
def test_an_option_takes_all_values_up_to_the_next_option(arguments, expected):
    defaults = ((), (), None, False)
    assert read(*arguments) == expected + defaults[len(expected) :]


def test_an_option_without_a_value_stays_an_error():
    with pytest.raises(click.UsageError, match="requires an argument"):
        read("a", "--particles")


def test_other_arguments_stay_as_they_are():
    arguments = ["a", "--seed", "1", "2", "--", "--in", "b"]
    assert list(with_names_repeated(arguments, {"--in"})) == arguments

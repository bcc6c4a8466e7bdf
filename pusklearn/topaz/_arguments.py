"""Options as other programs write them, read by argparse.

The interface was written with argparse: ``--opt=value`` and ``-o value`` stand side by
side, options are abbreviated, values such as ``-1`` begin with a dash. argparse reads
all of that as it is meant. click knows neither abbreviations nor optional values.
"""

import os
import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from math import isfinite, isnan
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pusklearn.topaz._messages import NAME, say

NUMBER = re.compile(r"-(\d+\.?\d*|\.\d+|inf)(e[-+]?\d+)?", re.IGNORECASE)
# What ends so is a file, also if it is missing.
IMAGE = re.compile(r"\.(mrcs?|tiff?)$", re.IGNORECASE)


class Parser(ArgumentParser):
    """A parser whose errors are one line of the log."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end the program with status 2."""
        say(f"{self.prog}: error: {message}. `{self.prog} --help` shows the options.")
        self.exit(2)


class Option(NamedTuple):
    """An option of a subcommand.

    Attributes
    ----------
    flags : str
        Its names, separated by blanks.
    type : callable or None
        Converts its value; None for an option that has none.
    help : str
        What it means. An empty text marks an option that has no meaning here: it is
        taken and named.
    choices : tuple of str or None
        The values that are allowed; None allows all.
    """

    flags: str
    type: Any
    help: str = ""
    choices: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The name of its value, which follows from its first long flag."""
        flags = self.flags.split()
        long = next((flag for flag in flags if flag.startswith("--")), flags[0])
        return long.lstrip("-").replace("-", "_")


def parse(
    command: str, options: Sequence[Option], files: str | None, argv: Sequence[str]
) -> dict[str, Any]:
    """Return the options that are given, by name; others are absent.

    What is given although it has no meaning here, or is not known, is named once on
    standard error: users of other programs add arguments of their own, which must not
    end a job.

    Parameters
    ----------
    command : str
        The subcommand.
    options : sequence of Option
        Its options.
    files : str or None
        What the arguments besides the options are, which come by the name "files"; None
        if there are none.
    argv : sequence of str
        The arguments.

    Returns
    -------
    dict of str to object

    Raises
    ------
    SystemExit
        With status 2 if the value of an option is wrong, with status 0 after --help.
    """
    parser = make_parser(command, options, files)
    argv = [marked(text) for text in expanded(argv, parser)]
    _, unknown = parser.parse_known_args(argv)
    argv, left_out = without_unknown(argv, unknown)
    values, more = parser.parse_known_intermixed_args(argv)
    left_out += more
    given = vars(values)
    if left_out:
        say(f"Not known here, and not used: {' '.join(map(str.strip, left_out))}")
    idle = [option for option in options if not option.help and option.name in given]
    if idle:
        names = ", ".join(option.flags.split()[-1] for option in idle)
        say(f"Without a meaning here, and not used: {names}")
    return given


def make_parser(command: str, options: Sequence[Option], files: str | None) -> Parser:
    """Return the parser of a subcommand."""
    parser = Parser(f"{NAME} {command}", argument_default=SUPPRESS)
    if files is not None:
        parser.add_argument("files", nargs="*", default=[], help=files)
    for option in options:
        flags, words = option.flags.split(), option.help or "no meaning here"
        if option.type is None:
            parser.add_argument(
                *flags, dest=option.name, action="store_true", help=words
            )
        else:
            parser.add_argument(
                *flags,
                dest=option.name,
                type=option.type,
                choices=option.choices,
                help=words.replace("%", "%%"),
            )
    return parser


def expanded(argv: Sequence[str], parser: Parser) -> list[str]:
    """Return the arguments, with the lines of the file in place of ``@file``."""
    every = []
    for text in argv:
        if not text.startswith("@"):
            every.append(text)
            continue
        try:
            every += Path(text[1:]).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            parser.error(f"the arguments in {text[1:]!r} cannot be read: {error}")
    return every


def marked(text: str) -> str:
    """Return a negative number with a blank before it, which is no option then.

    argparse itself takes ``-1e-06``, as RELION may write it, for an option.
    """
    return f" {text}" if NUMBER.fullmatch(text) else text


def without_unknown(
    argv: Sequence[str], unknown: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Divide the arguments into those that are known, and the others with their values.

    What follows an option that is not known is its value, unless it is a file.
    """
    options = {text for text in unknown if text.startswith("-")}
    known: list[str] = []
    left_out: list[str] = []
    has_value = False
    for text in argv:
        if text in options:
            left_out.append(text)
            has_value = "=" not in text
        elif has_value and not text.startswith("-") and not is_file(text):
            left_out.append(text)
            has_value = False
        else:
            known.append(text)
            has_value = False
    return known, left_out


def is_file(text: str) -> bool:
    """Tell whether an argument is a file, or was meant to be an image."""
    return os.path.exists(text) or IMAGE.search(text) is not None


def number(text: str) -> float:
    """Return a number, which may be infinite.

    Raises
    ------
    ArgumentTypeError
        If the text is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if isnan(value):
        raise ArgumentTypeError(f"a number is needed. Got {text.strip()!r}")
    return value


def finite(text: str) -> float:
    """Return a number that is finite.

    Raises
    ------
    ArgumentTypeError
        If the text is none.
    """
    value = number(text)
    if not isfinite(value):
        raise ArgumentTypeError(f"a finite number is needed. Got {text.strip()!r}")
    return value


def find_fault_of_scales(options: dict[str, Any]) -> str | None:
    """Say what is wrong with the scales of coordinates, None if nothing is."""
    for name in ("up_scale", "down_scale"):
        if not options.get(name, 1) > 0:
            return f"--{name.replace('_', '-')} must be > 0. Got {options[name]:g}."
    if not isfinite(options.get("up_scale", 1) / options.get("down_scale", 1)):
        return "--up-scale divided by --down-scale must be finite."
    return None


def first_number(text: str) -> int:
    """Return the first of the numbers of devices that are separated by any characters.

    Raises
    ------
    ArgumentTypeError
        If there is no number.
    """
    numbers = re.findall(r"-?\d+", text)
    if not numbers:
        raise ArgumentTypeError(f"the number of a GPU is needed. Got {text.strip()!r}")
    return int(numbers[0])

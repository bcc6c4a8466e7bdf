"""Options as other programs write them, read by argparse.

The interface was written with argparse: ``--opt=value`` and ``-o value`` stand side by
side, options are abbreviated, values such as ``-1`` begin with a dash. argparse reads
all of that as it is meant. click knows neither abbreviations nor optional values.
"""

import os
import re
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pusklearn.topaz._messages import NAME, say

NUMBER = re.compile(r"-(\d+\.?\d*|\.\d+|inf)(e[-+]?\d+)?", re.IGNORECASE)


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


def make_parser(
    command: str, options: Sequence[Option], files: str | None
) -> ArgumentParser:
    """Return the parser of a subcommand."""
    parser = ArgumentParser(f"{NAME} {command}", argument_default=SUPPRESS)
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


def expanded(argv: Sequence[str], parser: ArgumentParser) -> list[str]:
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
        elif has_value and not text.startswith("-") and not os.path.exists(text):
            left_out.append(text)
            has_value = False
        else:
            known.append(text)
            has_value = False
    return known, left_out


def first_number(text: str) -> int:
    """Return the first of the numbers of devices that are separated by any characters.

    Raises
    ------
    ValueError
        If there is no number.
    """
    numbers = re.findall(r"-?\d+", text)
    if not numbers:
        raise ValueError
    return int(numbers[0])

"""Errors and warnings of the library as one line each on standard error."""

import errno
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from pusklearn.commands._in_options import in_options

# If this environment variable is set, an error shows where in the program it happened.
DEBUG = "PUSKLEARN_DEBUG"
# These tell of a wrong file or a wrong value, or of something that is not installed.
# Any other error is a fault of this program, and shows where it happened.
OF_THE_USER = (ValueError, OSError, ImportError, MemoryError)


class Interrupted(click.ClickException):
    """The user has stopped the program; the exit status is 130, as in a shell."""

    exit_code = 130

    def show(self, file: Any = None) -> None:
        """Print the message."""
        click.echo(self.format_message(), file=file, err=True)


@contextmanager
def errors_on_one_line() -> Iterator[None]:
    """Turn errors into an `Error: ...` on one line, and the exit status 1.

    Ctrl-C becomes one line and the exit status 130.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted("Interrupted.") from error
    except OF_THE_USER as error:
        # click ends quietly if what reads the output, such as `head`, has gone.
        is_closed_pipe = getattr(error, "errno", None) == errno.EPIPE
        if os.environ.get(DEBUG) or is_closed_pipe:
            raise
        raise click.ClickException(describe_error(error)) from error


def describe_error(error: BaseException) -> str:
    """Return the message of an error on one line, in the words of the command line.

    Examples
    --------
    >>> from pusklearn.commands._errors import describe_error
    >>> describe_error(FileNotFoundError(2, "No such file or directory", "a.mrc"))
    'a.mrc: No such file or directory.'
    >>> describe_error(MemoryError())
    'MemoryError'
    """
    message = str(error)
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        message = f"{os.fsdecode(error.filename)}: {error.strerror}."
    notes = getattr(error, "__notes__", [])
    return in_options(one_line(" ".join([message or type(error).__name__, *notes])))


def one_line(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(filter(None, map(str.strip, text.splitlines())))


@contextmanager
def warnings_handed_to(take: Callable[[str], None]) -> Iterator[None]:
    """Hand the text of each warning to a function, instead of printing it.

    A text that comes again is handed on once.
    """
    known: set[str] = set()

    def show(message, category, filename, lineno, file=None, line=None):
        text = in_options(one_line(str(message)))
        if text not in known:
            known.add(text)
            take(text)

    before = warnings.showwarning
    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = before


def print_warning(text: str) -> None:
    """Print a warning as one line on standard error, above a bar that is shown."""
    line = f"warning: {one_line(text)}"
    if "tqdm" in sys.modules:
        sys.modules["tqdm"].tqdm.write(line, file=sys.stderr)
        sys.stderr.flush()
    else:
        click.echo(line, err=True)

"""STAR files of RELION, and the files that they list."""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

import pandas as pd

from pusklearn.micrographs.io._text_file import read_lines

# A value is quoted if its closing quote ends a word. A "#" within a word is no comment.
_VALUES = re.compile(
    r"""(?<![^ \t])(?:"(.*?)"(?![^ \t])|'(.*?)'(?![^ \t])|(\#.*)|([^ \t]+))"""
)
# A number in a comment, with or without blanks before it.
_NUMBER = re.compile(r"(?<![^\s#])[-+.]?\d[\d.eE+-]*(?!\S)")
_COMMENT = re.compile(r"(?:^|[ \t])#+[ \t]*(.*)")
_COLUMN = re.compile(r"_([^\s#]*)\s*(#.*)?")
_MOST_COLUMNS = 10_000


def read_tables(
    path: str | os.PathLike, columns: Collection[str] | None = None
) -> list[pd.DataFrame]:
    """Return the tables of a STAR file, as text.

    The package reads STAR files itself because every row counts: the library
    ``starfile`` keeps only the last of two blocks of one name and the first loop of a
    block, ends a table at a name such as ``data_001``, pads short rows, and joins the
    rows between two apostrophes.

    Parameters
    ----------
    path : path-like
        The file.
    columns : collection of str or None, default=None
        The columns that are kept, without the leading ``_``; None keeps all.

    Returns
    -------
    list of DataFrame
        One per loop, and one of a single row per block of pairs. The values are
        strings. The index ``line`` tells where a row stands in the file, and
        ``attrs["columns"]`` lists the names of all columns.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no text, a line stands where it means nothing, or a row has more
        or fewer values than its table has columns. The message names the file and the
        line.
    """
    try:
        return [table.to_frame() for table in _parse(path, columns)]
    except ValueError as error:
        raise ValueError(f"{path} cannot be read as a STAR file: {error}") from error


def _parse(path, columns):
    tables: list[_Table] = []
    table = None  # the table that the lines belong to
    is_in_block = False
    for (number, line), (_, following) in pairwise(_significant_lines(path)):
        if _starts_block(line, following, table):
            table, is_in_block = None, True
        elif is_in_block and _starts_loop(line):
            table = _Table(columns, is_loop=True)
            tables.append(table)
        elif not is_in_block:
            raise ValueError(
                f"line {number} of a STAR file must stand below a line data_. Got "
                f"{_shorten(line)}."
            )
        elif table is not None and table.is_loop:
            table.add_line(number, line)
        else:
            if table is None:
                table = _Table(columns, is_loop=False)
                tables.append(table)
            table.add_pair(number, line)
    return tables


def _significant_lines(path: str | os.PathLike) -> Iterator[tuple[int, str]]:
    """Return the lines that are neither blank nor a comment, and an empty one.

    A comment with two numbers or more may be a row, so it is among them.
    """
    for number, text in read_lines(path):
        line = text.strip(" \t")
        if line and (line[0] != "#" or len(_NUMBER.findall(line)) > 1):
            yield number, line
    yield 0, ""


class _Table:
    """The columns and rows of one table while its lines are read."""

    def __init__(self, wanted, is_loop):
        self.is_loop = is_loop
        self.wanted = wanted
        self.columns: list[str] = []
        self.kept: dict[str, int] = {}
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.number = 0  # that of the last column, as in "#3"
        self.has_begun = False

    def add_line(self, number, line):
        """Add a line of a loop: the name of a column, or a row."""
        column = None if self.has_begun else _COLUMN.fullmatch(line)
        # In a table of one column, a name such as "_x.mrc" may be its first row.
        may_be_row = len(self.columns) == 1 and self.number
        if column and (column[2] or not may_be_row):
            self._check_number(number, column[2] or "")
            self._add_column(number, column[1])
            return
        self.has_begun = True
        if not self.columns:
            raise ValueError(
                f"line {number} is a row of a table without columns. Got "
                f"{_shorten(line)}."
            )
        if "#" in line:
            self._check_comment(number, line)
        if not line.startswith("#"):
            self._add_row(number, _values(line))

    def add_pair(self, number, line):
        """Add a line of a block without a loop: a name and its value."""
        pair = _values(line)
        if not line.startswith("_") or len(pair) != 2:
            raise ValueError(
                f"line {number} of a STAR file must be loop_, or a name that begins "
                f"with _ and its value. Got {_shorten(line)}."
            )
        if self._add_column(number, pair[0][1:]):
            self.rows = [[*(self.rows[0] if self.rows else []), pair[1]]]
            self.lines = self.lines or [number]

    def to_frame(self):
        values = zip(*self.rows, strict=True) if self.rows else [()] * len(self.kept)
        frame = pd.DataFrame(
            {
                name: list(column)
                for name, column in zip(self.kept, values, strict=True)
            },
            index=pd.Index(self.lines, name="line", dtype=int),
            dtype=object,
        )
        frame.attrs["columns"] = tuple(self.columns)
        return frame

    def _check_number(self, number, comment):
        """Raise an error if the numbers of the columns, if any, are out of order."""
        found = re.match(r"#(\d+)", comment)
        if not found:
            return
        if len(_NUMBER.findall(comment[found.end() :])) > 1:
            raise ValueError(
                f"line {number} has numbers behind the name of a column: "
                f"{_shorten(comment)}. Is the end of a line missing?"
            )
        if int(found[1]) <= self.number:
            raise ValueError(
                f"line {number} numbers its column {found[1]}, after {self.number} in "
                "a line above. Were lines lost or moved? If not, put the numbers right."
            )
        self.number = int(found[1])

    def _add_column(self, number, name):
        if len(self.columns) == _MOST_COLUMNS:
            raise ValueError(
                f"line {number} begins column number {_MOST_COLUMNS + 1} of a table. A "
                "table of coordinates has few columns."
            )
        is_kept = self.wanted is None or name in self.wanted
        if is_kept:
            if name in self.kept:
                raise ValueError(
                    f"line {number} has the column {name}, which its table already has."
                )
            self.kept[name] = len(self.columns)
        self.columns.append(name)
        return is_kept

    def _add_row(self, number, values):
        if len(values) != len(self.columns):
            quoted = any(value.startswith(("'", '"')) for value in values)
            hint = " Is a quote not closed?" if quoted else ""
            raise ValueError(
                f"line {number} has {len(values)} values, but its table has "
                f"{len(self.columns)} columns.{hint}"
            )
        self.rows.append([values[index] for index in self.kept.values()])
        self.lines.append(number)

    def _check_comment(self, number, line):
        """Raise an error if a comment hides a row."""
        found = _COMMENT.search(line)
        if not found or len(_NUMBER.findall(found[1])) < 2:
            return
        if len(_values(found[1])) == len(self.columns):
            raise ValueError(
                f"line {number} may hold a comment or a row, which has a value for "
                f"each column but stands behind '#'. Got {_shorten(line)}. Delete it, "
                "or quote a name that begins with '#'."
            )


def _starts_block(line, following, table):
    """Tell a line ``data_name`` from the row of a micrograph of such a name."""
    if not line.startswith("data_") or len(_values(line)) != 1:
        return False
    if table is None or not table.is_loop or len(table.columns) != 1:
        return True
    return _starts_loop(following) or (
        following.startswith("_") and len(_values(following)) == 2
    )


def _starts_loop(line):
    return line.startswith("loop_") and _values(line) == ["loop_"]


def _values(line):
    """Return the values of a line, without quotes and comment."""
    if line.isascii() and not ('"' in line or "'" in line or "#" in line):
        return line.split()
    # Other blanks than space and tab are part of a name.
    groups: Iterable[tuple[str, ...]] = (m.groups() for m in _VALUES.finditer(line))
    return [
        next(value for value in (double, single, word, "") if value is not None)
        for double, single, comment, word in groups
        if comment is None
    ]


def _shorten(line):
    return repr(line if len(line) <= 60 else f"{line[:60]}...")

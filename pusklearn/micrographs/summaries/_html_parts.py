"""The parts of a short HTML summary, for light and for dark notebooks."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH, HEIGHT = 240, 44
N_BINS = 20
# Text and lines have the colour of the notebook's text, so they suit any background.
STYLE = """\
.pusklearn-summary {color: inherit; line-height: 1.45; margin: 0 0 .8em;
  max-width: 52em}
.pusklearn-summary p {margin: .25em 0; color: inherit}
.pusklearn-summary .title {font-weight: 600; font-size: 1.1em}
.pusklearn-summary .columns {display: flex; flex-wrap: wrap; gap: .3em 2em;
  align-items: flex-start}
.pusklearn-summary table {border-collapse: collapse; margin: .4em 0; color: inherit;
  font: inherit}
.pusklearn-summary tr, .pusklearn-summary tbody tr {background: none}
.pusklearn-summary th, .pusklearn-summary td {color: inherit; background: none;
  padding: .15em 1em .15em 0; text-align: right; font-variant-numeric: tabular-nums;
  border: 0; border-bottom: 1px solid rgba(128, 128, 128, .35); white-space: nowrap}
.pusklearn-summary th:first-child, .pusklearn-summary td:first-child {text-align: left;
  white-space: normal; overflow-wrap: anywhere}
.pusklearn-summary th {font-weight: 600}
.pusklearn-summary svg {display: block; margin: .4em 0}
.pusklearn-summary svg text {fill: currentColor; font-size: 10px}
.pusklearn-summary svg rect {fill: #4f8fd6}
.pusklearn-summary svg line {stroke: currentColor; stroke-opacity: .5}"""


def panel(title: str, *parts: str) -> str:
    """Return one block of HTML with its own style.

    Parameters
    ----------
    title : str
        The first line, plain text.
    *parts : str
        HTML of what follows, as `paragraph`, `table` and `histogram` return it.

    Returns
    -------
    str
        A ``div`` that needs neither a script nor the network.
    """
    return (
        f'<div class="pusklearn-summary"><style>{STYLE}</style>'
        f'<p class="title">{escape(title)}</p>{"".join(parts)}</div>'
    )


def paragraph(text: str) -> str:
    """Return a paragraph of plain text; "" without a text."""
    return f"<p>{escape(text)}</p>" if text else ""


def side_by_side(*parts: str) -> str:
    """Return parts that lie next to each other if the notebook is wide enough."""
    return (
        f'<div class="columns">{"".join(f"<div>{part}</div>" for part in parts)}</div>'
    )


def table(header: Sequence[str], rows: Iterable[Sequence[Any]], more: str = "") -> str:
    """Return a table of plain text.

    Parameters
    ----------
    header : sequence of str
        The names of the columns. The first column is aligned to the left.
    rows : iterable of sequence
        The cells of each row, one per column.
    more : str, default=""
        A line below the table, such as "and 12 more".
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>"
        for row in rows
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{paragraph(more)}"
    )


def histogram(
    values: ArrayLike, name: str, limits: tuple[float, float] | None = None
) -> str:
    """Return a small picture of how values are distributed.

    Parameters
    ----------
    values : array-like of shape (n,)
        The values. Those that are not finite are left out.
    name : str
        What the values are, written below the picture.
    limits : pair of float or None, default=None
        The ends of the axis; None takes the least and the greatest value.

    Returns
    -------
    str
        An ``svg``; "" if no value is finite.
    """
    numbers = np.ravel(values).astype(float)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return ""
    counts, edges = np.histogram(numbers, N_BINS, limits)
    label = (
        f"{name}: {len(numbers):,} values from {edges[0]:.3g} to {edges[-1]:.3g}; the "
        f"tallest bar holds {counts.max():,}"
    )
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{WIDTH}" '
        f'height="{HEIGHT + 14}" viewBox="0 0 {WIDTH} {HEIGHT + 14}">'
        f"<title>{escape(label)}</title>{_bars(counts)}"
        f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}"/>'
        f'<text x="0" y="{HEIGHT + 11}">{edges[0]:.3g}</text>'
        f'<text x="{WIDTH / 2:g}" y="{HEIGHT + 11}" text-anchor="middle">'
        f"{escape(name)}</text>"
        f'<text x="{WIDTH}" y="{HEIGHT + 11}" text-anchor="end">{edges[-1]:.3g}</text>'
        "</svg>"
    )


def _bars(counts: NDArray[np.integer]) -> str:
    width = WIDTH / len(counts)
    # A bar of few values stays visible beside a tall one.
    heights = np.where(counts, np.maximum(counts / max(counts.max(), 1) * HEIGHT, 1), 0)
    return "".join(
        f'<rect x="{i * width:g}" y="{HEIGHT - tall:.1f}" width="{width - 1:g}" '
        f'height="{tall:.1f}"/>'
        for i, tall in enumerate(heights)
        if tall
    )

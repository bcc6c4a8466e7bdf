"""The page, put together from its parts."""

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template

from scipy.special import expit

from pusklearn.micrographs.report._page_data import (
    json_for_script,
    page_data,
    text_of,
)
from pusklearn.micrographs.report._page_words import (
    cut_row,
    left_out,
    number_cards,
    odd_words,
    summary,
    warnings,
)
from pusklearn.micrographs.report._report_content import ReportContent
from pusklearn.micrographs.report._score_histogram import histogram_svg

PARTS = Path(__file__).with_name("page")
SCRIPTS = ("scores", "marks", "cut", "viewer", "montage", "table", "start")


def page_html(content: ReportContent, title: str, created: str) -> str:
    """Return the page.

    Parameters
    ----------
    content : ReportContent
        What it tells.
    title : str
        Its title.
    created : str
        The time, in ISO format.

    Returns
    -------
    str
        HTML that needs no other file and no network.
    """
    style = _part("page.css")
    script = "\n".join(_part(f"{name}.js") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    start = content.cuts[0]
    histogram = histogram_svg(content.histogram, start.score)
    return Template(_part("page.html")).substitute(
        title=escape(title),
        policy=_policy(style, script),
        style=style,
        created=escape(created),
        summary=escape(summary(content)),
        warnings="".join(f"<p>{escape(text)}</p>" for text in warnings(content)),
        left_out=escape(" ".join(left_out(content))),
        cards=number_cards(content),
        unit="Probability" if content.about.calibrated else "Score",
        histogram=histogram,
        legend=_legend(content, histogram),
        cuts="".join(cut_row(cut, content) for cut in content.cuts),
        kind=_kind(content),
        n_large=len(content.large),
        micrographs=_table(content, start),
        gallery=_gallery(content),
        odd=escape(odd_words(content)),
        about=_about(content),
        data=json_for_script(page_data(content, created)),
        script=script,
    )


def _part(name):
    return (PARTS / name).read_text(encoding="utf-8")


def _kind(content):
    """Return the classes of the page."""
    views = content.gathered.views
    more = "" if any(view.defocus is not None for view in views) else " no-defocus"
    if not content.about.scored:
        return f"uncalibrated unscored{more}"
    return ("calibrated" if content.about.calibrated else "uncalibrated") + more


def _policy(style, script):
    """Return what the browser may do: nothing but this style and this script."""
    return (
        "default-src 'none'; img-src data:; "
        f"style-src '{_checksum(style)}'; script-src '{_checksum(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _checksum(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _legend(content, histogram):
    more = ""
    if 'class="more"' in histogram:
        more = ' <span class="higher">&#9652; higher than drawn</span>'
    if not content.about.calibrated:
        return f'<span class="key peaks"></span> peaks{more}'
    return (
        '<span class="key signal"></span> particles (sum of the probabilities) '
        f'<span class="key noise"></span> no particles (the rest){more}'
    )


def _table(content, start):
    """Return the rows of the table of micrographs."""
    large = set(content.large)
    return "".join(
        _table_row(content, number, start, number in large) for number in content.order
    )


def _table_row(content, number, start, is_large):
    view = content.gathered.views[number]
    oddness = content.oddness[number]
    above = view.peaks[:, 2].astype("f4") > start.score
    n_picks, n_suspected = int(above.sum()), int(content.suspected[number][above].sum())
    junk = ""
    if content.about.calibrated and n_picks:
        junk = f"{1 - float(expit(view.peaks[above, 2]).mean()):.0%}"
    defocus = "" if view.defocus is None else f"{view.defocus / 1e4:.2f}"
    name = escape(view.name)
    if is_large:
        name = f'<button type="button" data-open="{number}">{name}</button>'
    cells = [
        f'<th scope="row">{name}</th>',
        f'<td data-picks="{number}">{n_picks}</td>',
        f'<td data-junk="{number}">{junk}</td>',
        f'<td data-suspected="{number}">{n_suspected}</td>',
        f"<td>{defocus}</td>",
        f"<td>{oddness.value:.1f}</td>",
        f"<td>{escape('; '.join(oddness.reasons))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>\n"


def _gallery(content):
    large = set(content.large)
    return "".join(
        _thumbnail(content, number, number in large) for number in content.thumbnails
    )


def _thumbnail(content, number, is_large):
    view = content.gathered.views[number]
    width, height = view.thumbnail_size
    image = (
        f'<img src="data:image/png;base64,{text_of(view.thumbnail)}" '
        f'width="{width}" height="{height}" loading="lazy" alt="">'
    )
    label = f'<span class="name">{escape(view.name)}</span>'
    if is_large:
        button = f'<button type="button" data-open="{number}">'
        return f"<li>{button}{image}{label}</button></li>\n"
    return f"<li>{image}{label}</li>\n"


def _about(content):
    about = content.about
    rows = {
        "rule of the threshold": about.rule,
        "diameter of a particle": _length(about.diameter),
    }
    rows |= dict(about.parameters)
    rows |= {f"version of {name}": text for name, text in about.versions.items()}
    told = [(escape(name), escape(text)) for name, text in rows.items()]
    return "".join(
        f'<tr><th scope="row">{name}</th><td>{text}</td></tr>\n' for name, text in told
    )


def _length(diameter):
    return diameter if isinstance(diameter, str) else f"{diameter:g} pixels"

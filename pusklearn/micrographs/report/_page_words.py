"""What the page says in words."""

from html import escape

import numpy as np
from scipy.special import expit

from pusklearn.micrographs.report._expected_numbers import Cut
from pusklearn.micrographs.report._oddness import LEAST_MICROGRAPHS
from pusklearn.micrographs.report._report_content import ReportContent
from pusklearn.micrographs.report._size_budget import N_LARGE

UNKNOWN = "not known"


def summary(content: ReportContent) -> str:
    """Return the answer in words: how many, how much junk, which threshold."""
    start = content.cuts[0]
    n_views = len(content.order)
    where = f"{n_views:,} micrograph" + ("s" if n_views > 1 else "")
    if content.n_particles is None:
        there = ""
    else:
        interval = _range(*_interval(start, "n_particles"), "{:,.0f}", ", ")
        there = f"About {content.n_particles:,.0f} particles are there{interval}. "
    text = f"{there}{_capital(cut_words(start, content))} keeps {start.n_picks:,} picks"
    text += f" on {where}"
    if start.precision is None or start.n_right is None:
        return f"{text}."
    n_junk = start.n_picks - start.n_right
    text += f", of which about {n_junk:,.0f} ({1 - start.precision:.0%}) are junk"
    if start.recall is None:
        return f"{text}."
    return f"{text}, and finds {start.recall:.0%} of the particles."


def cut_words(start: Cut, content: ReportContent) -> str:
    """Return what the cut is called that the page opens with."""
    if start.score == -np.inf:
        return "no cut at all"
    return f"the cut at {value_text(start.score, content)} ({start.name})"


def warnings(content: ReportContent) -> list[str]:
    """Return what a reader has to know before trusting the numbers."""
    found = []
    broken = [view for view in content.gathered.views if view.error is not None]
    if broken:
        listed = "; ".join(f"{view.name}: {view.error}" for view in broken[:5])
        more = f"; and {len(broken) - 5} more" if len(broken) > 5 else ""
        found.append(
            f"Micrographs that cannot be used and are left out: {listed}{more}."
        )
    if not content.about.scored:
        found.append(
            "The picks have no scores: there is nothing to cut by, and nothing tells "
            "how many of them are particles. Judge by the crops."
        )
    elif not content.about.calibrated:
        found.append(
            "The scores of this picker are no probabilities: they rank the picks, but "
            "tell neither how many of them are particles nor how many particles there "
            "are. Judge by the crops. A picker that make_picker trains with "
            "calibrate=True gives probabilities."
        )
    if not content.complete:
        found.append(
            "Only picks above the threshold were given to this report. What lies below "
            "is not known, and so neither the number of particles nor the share of "
            "them that is found. Give all peaks, as picker['extract'].peaks finds them."
        )
    return found


def odd_words(content: ReportContent) -> str:
    """Return how many micrographs are odd."""
    n_views = len(content.order)
    if n_views < LEAST_MICROGRAPHS:
        return f"Fewer than {LEAST_MICROGRAPHS} micrographs do not tell which is odd."
    n_odd = sum(bool(content.oddness[number].reasons) for number in content.order)
    if not n_odd:
        return "No micrograph differs much from the others."
    return (
        f"{n_odd:,} of {n_views:,} micrographs differ much from the others; the last "
        "column of the table says why."
    )


def left_out(content: ReportContent) -> list[str]:
    """Return what is not in the page, so that it stays small."""
    views = content.gathered.views
    found = []
    if len(content.large) < min(N_LARGE, len(content.order)):
        found.append(
            f"To keep the page small, only {len(content.large)} micrographs are large "
            "enough to click on."
        )
    if len(content.thumbnails) < len(content.order):
        found.append(
            f"Only the {len(content.thumbnails):,} oddest micrographs have a thumbnail."
        )
    n_peaks = sum(len(view.peaks) for view in views)
    n_low = sum(int((view.peaks[:, 2] < content.lowest).sum()) for view in views)
    if n_low:
        found.append(
            f"{n_low:,} of {n_peaks:,} peaks have {value_text(content.lowest, content)}"
            " or less: they are counted, but not shown one by one."
        )
    return found


def value_text(score: float, content: ReportContent) -> str:
    """Return a score in words: as a probability if it tells one."""
    if content.about.calibrated:
        return f"a probability of {probability_text(score)}"
    return f"a score of {score:.4g}"


def probability_text(score: float) -> str:
    """Return the probability of a score."""
    probability = float(expit(score))
    if probability > 0.9995:
        return "> 0.999"
    return f"{probability:.3f}" if probability > 0.0005 else f"{probability:.1g}"


def number_cards(content: ReportContent) -> str:
    """Return the numbers at the top, which the script changes with the slider."""
    start = content.cuts[0]
    cards = [("n_picks", "picks", f"{start.n_picks:,}", "above the cut")]
    if content.about.calibrated:
        junk = None if start.precision is None else 1 - start.precision
        n_junk = start.n_picks - (start.n_right or 0)
        low, high = _interval(start, "precision")
        cards += [
            (
                "n_particles",
                "particles there",
                UNKNOWN
                if content.n_particles is None
                else f"{content.n_particles:,.0f}",
                _range(*_interval(start, "n_particles"), "{:,.0f}"),
            ),
            (
                "junk",
                "of the picks are junk",
                UNKNOWN if junk is None else f"{junk:.0%}",
                f"{n_junk:,.0f} picks" + _range(1 - high, 1 - low, "{:.0%}", ", "),
            ),
            (
                "recall",
                "of the particles found",
                UNKNOWN if start.recall is None else f"{start.recall:.0%}",
                _range(*_interval(start, "recall"), "{:.0%}"),
            ),
        ]
    return "".join(_card(*card) for card in cards)


def cut_row(cut: Cut, content: ReportContent) -> str:
    """Return the row of a threshold that one may want."""
    is_all = not np.isfinite(cut.score)
    if content.about.calibrated:
        value = "0" if is_all else probability_text(cut.score)
    else:
        value = "none" if is_all else f"{cut.score:.4g}"
    score = "" if is_all else f"{cut.score!r}"
    cells = [
        f'<th scope="row" data-cut="{score}">{escape(cut.name)}</th>',
        f"<td>{escape(value)}</td>",
        f"<td>{cut.n_picks:,}</td>",
    ]
    if content.about.calibrated:
        cells += [
            f"<td>{_share(cut.precision and 1 - cut.precision)}</td>",
            f"<td>{_share(cut.recall)}</td>",
        ]
    return f"<tr>{''.join(cells)}</tr>\n"


def _card(name, label, value, more):
    return (
        f'<div class="card {name}"><dt>{label}</dt><dd><b id="{name}">{value}</b> '
        f'<small id="{name}_more">{more}</small></dd></div>'
    )


def _interval(cut: Cut, name: str) -> tuple[float, float]:
    return cut.intervals.get(name, (np.nan, np.nan))


def _capital(text):
    return text[0].upper() + text[1:]


def _range(low: float, high: float, form: str, before: str = "") -> str:
    if not np.isfinite([low, high]).all():
        return ""
    return f"{before}90 % interval {form.format(low)} to {form.format(high)}"


def _share(value):
    return "" if value is None else f"{value:.0%}"

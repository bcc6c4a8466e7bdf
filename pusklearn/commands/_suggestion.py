"""Picks whose label helps most: what the subcommand ``suggest`` does."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from pusklearn import io
from pusklearn.commands._general_model import GENERAL, Particle
from pusklearn.commands._label_files import only_one, points_in, tell_apart
from pusklearn.commands._output import table_row
from pusklearn.commands._picker_file import move_to, pipeline_of
from pusklearn.commands._plural import count
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.suggestions._suggest_picks import suggest_picks
from pusklearn.pu._inner_estimators import parameter_names

# Micrographs are listed one by one if they are no more than this.
MOST_LISTED = 20


class Settings(NamedTuple):
    """What the user wants, see the options of ``pusklearn suggest``."""

    model: Path | str
    number: int
    particle: Particle | None
    mask: Path | None
    pixel_size: float | None
    on_error: Literal["raise", "warn"]
    device: str


class Suggestion(NamedTuple):
    """Suggested picks.

    Attributes
    ----------
    micrographs : list of Micrograph
        Those with such picks.
    picks : list of ndarray of shape (k, 3)
        The columns ``x, y, score`` of each.
    are_log_odds : bool
        Whether the scores are log-odds, because the model is calibrated.
    n_wanted : int
        How many picks were asked for.
    model : Path or "general"
        The model.
    """

    micrographs: Sequence[Micrograph]
    picks: list[NDArray[np.float64]]
    are_log_odds: bool
    n_wanted: int
    model: Path | str

    @property
    def n_picks(self) -> int:
        """The number of picks."""
        return sum(map(len, self.picks))

    def write(self, output: str, format: str, box_size: str | None) -> None:
        """Write the picks."""
        io.write_coordinates(
            output, self.picks, self.micrographs, format, box_size=box_size
        )

    def describe(self, output: str) -> Iterator[str]:
        """Yield lines that say what was found, and what to do next."""
        n_micrographs = len(self.micrographs)
        yield (
            f"Wrote {count(self.n_picks, 'pick')} of "
            f"{count(n_micrographs, 'micrograph')} to {output}: the model is least "
            "certain of them, and they look unlike each other."
        )
        if self.n_picks < self.n_wanted:
            yield f"There are no more peaks; {self.n_wanted} were asked for."
        for micrograph, picks in list(zip(self.micrographs, self.picks, strict=True))[
            :MOST_LISTED
        ]:
            name = str(micrograph.path or micrograph.name)
            yield table_row(f"  {self._in_words(picks):24}  ", name)
        if n_micrographs > MOST_LISTED:
            yield f"  ... and {n_micrographs - MOST_LISTED} more"
        yield from self._next_steps(output)

    def _in_words(self, picks):
        scores = picks[:, 2]
        if self.are_log_odds:
            shown = ", ".join(f"{share:.0%}" for share in expit(scores[:3]))
            return f"{len(picks)} ({shown}{', ...' * (len(picks) > 3)})"
        return f"{len(picks)}"

    def _next_steps(self, output):
        if self.are_log_odds:
            yield "The shares are the probabilities that they are particles."
        yield (
            "Next: look at them in your display, delete those that are no particles, "
            "save the others as, say, kept.star, and train again:"
        )
        clicks = "" if self.model == GENERAL else "CLICKS "
        yield (
            f"  pusklearn train MICROGRAPHS --particles {clicks}kept.star "
            f"--selected-from {output} ..."
        )
        yield f"If all of them are wrong: --rejected {output}."

    def as_document(self, output: str) -> dict[str, Any]:
        """Return all that is said, for a program."""
        return {
            "output": output,
            "n_picks": self.n_picks,
            "scores_are_log_odds": self.are_log_odds,
            "micrographs": [
                {"micrograph": one.path or one.name, "picks": picks.tolist()}
                for one, picks in zip(self.micrographs, self.picks, strict=True)
            ],
        }


def find_suggestion(
    paths: Sequence[str], labelled: Sequence[str], settings: Settings
) -> Suggestion:
    """Read micrographs and a model, and find the picks whose label helps most.

    Parameters
    ----------
    paths : sequence of str
        Files, folders, patterns or lists of micrographs.
    labelled : sequence of str
        Coordinate files and corrections of what is labelled already.
    settings : Settings
        What the user wants.

    Returns
    -------
    Suggestion

    Raises
    ------
    ValueError
        If a file cannot be read, or there is no peak in any micrograph.
    """
    picker = pipeline_of(settings.model, settings.particle)
    move_to(settings.device, picker)
    names = parameter_names(picker, "on_error")
    picker.set_params(**dict.fromkeys(names, settings.on_error))
    tables = _known_tables(labelled)
    micrographs = io.read_micrographs(
        only_one(paths),
        masks=settings.mask,
        pixel_size=settings.pixel_size,
        on_error=settings.on_error,
    )
    known = points_in(tables, micrographs, "warn", "--labelled") if tables else None
    picks = suggest_picks(picker, micrographs, settings.number, known=known)
    rows = [row for row, some in enumerate(picks) if len(some)]
    if not rows:
        raise ValueError(
            "There is no peak to suggest in these micrographs, beside what is labelled."
        )
    return Suggestion(
        [micrographs[row] for row in rows],
        [picks[row] for row in rows],
        getattr(picker[-1], "calibration_", None) is not None,
        settings.number,
        settings.model,
    )


def _known_tables(paths: Sequence[str]) -> list[pd.DataFrame]:
    """Return tables of all that is labelled, also of what is known to be none."""
    files = tell_apart(paths)
    tables = [io.read_corrections(file) for file in files.corrections]
    if files.others:
        tables.append(io.read_coordinates(only_one(files.others)))
    return tables

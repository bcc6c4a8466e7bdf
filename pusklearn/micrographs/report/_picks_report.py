"""A report of picks that a microscopist can judge by."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pusklearn.micrographs.images._check_coordinates import by_name
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lazy_rows import LazyRows, generate_in_parallel
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._stand_ins import (
    UNUSABLE,
    blank_like,
    is_fault_of_system,
    warn_of_unusable,
    with_number,
)
from pusklearn.micrographs.report._describe_picker import (
    PickerDescription,
    describe_picker,
)
from pusklearn.micrographs.report._micrograph_view import (
    Look,
    ReportRow,
    checked_peaks,
    view_micrograph,
)
from pusklearn.micrographs.report._short_html import short_html
from pusklearn.micrographs.report._write_report import write_page
from pusklearn.micrographs.summaries._html_parts import panel, paragraph
from pusklearn.pu._checks import check_number


class PicksReport:
    """A page that shows how many particles there are, and where to cut.

    `save` writes one HTML file, which needs no network: the histogram of the scores
    with a slider, what each threshold is expected to give, crops of picks around the
    threshold, all micrographs by how odd they are, and the oddest of them large enough
    to mark picks as right or wrong. The marks are saved as a file of corrections, which
    a picker learns from.

    Parameters
    ----------
    picker : Pipeline or ReferencePicker
        A fitted picker, such as that of `make_picker`.
    micrographs : sequence of array-like of shape (height, width)
        The micrographs. Those of `pusklearn.io.read_micrographs` are read from their
        files one after the other.
    picks : sequence of array-like of shape (k, 3) or None, default=None
        All peaks of each micrograph, ``x, y, score`` in pixels of the original, also
        those below the threshold. None lets the picker find them. If only picks above
        the threshold are given, the page says that the number of particles is not
        known. Picks without scores, of shape (k, 2) or with NaN as every score, are
        shown without a slider.
    threshold : float or None, default=None
        The score at which the page opens, picks have a greater one. None takes the
        threshold of the picker.
    diameter : float, str or None, default=None
        The diameter of a particle, > 0: in pixels of the original, or such as "180A".
        None takes that of the picker.
    names : sequence of str or None, default=None
        What micrographs are called that have no name, or cannot be read.
    defocus : sequence of float, default=None
        The defocus of each micrograph in angstrom, None where it is not known.
    notes : mapping of str to str or None, default=None
        What the page says among the parameters, such as the file of the model.

    See Also
    --------
    make_picker : Makes a picker.
    pusklearn.io.write_coordinates : Writes picks for other programs.

    Notes
    -----
    If the picker is calibrated, the score of a pick is the log-odds that it is a
    particle. The expected number of particles is then the sum of the probabilities of
    all peaks, and the expected precision of some picks is the mean of theirs. If it is
    not, the page shows scores, and says that they are no probabilities.

    A micrograph is odd if its number of picks, their mean probability, the share of
    uncertain picks, its brightness, contrast, unevenness or share of missing pixels
    differs from the median of all micrographs by several robust standard deviations. A
    pick is suspected to be junk if its contrast, the spread of its pixels or the level
    of its surroundings differs from those of the other picks by more than 4 robust
    standard deviations. Neither says that anything is wrong: look at them.

    The page has at most 20 MB for 1,000 micrographs. It holds thumbnails of all, the 60
    oddest large enough to click on, or as many as fit, and at most 500,000 peaks.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from pusklearn import PicksReport, general_picker
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, _ = make_micrographs(2, random_state=0)
    >>> picker = general_picker(24, threshold=0.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = PicksReport(picker, micrographs).save(Path(folder, "report.html"))
    ...     "simulated_0001" in path.read_text(encoding="utf-8")
    True
    """

    def __init__(
        self,
        picker: Any,
        micrographs: Sequence[ArrayLike],
        picks: Sequence[ArrayLike] | None = None,
        *,
        threshold: float | None = None,
        diameter: float | str | None = None,
        names: Sequence[str] | None = None,
        defocus: Sequence[float | None] | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        self.picker = picker
        self.micrographs = micrographs
        self.picks = picks
        self.threshold = threshold
        self.diameter = diameter
        self.names = names
        self.defocus = defocus
        self.notes = notes

    def save(self, path: str | os.PathLike) -> Path:
        """Write the page.

        Micrographs are read one after the other, or several at a time with
        ``joblib.parallel_config("threading", n_jobs=4)``. Peaks that the picker has
        found are kept, so that it finds them once.

        Parameters
        ----------
        path : str or path-like
            The file, such as "report.html". It is written whole or not at all.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If the numbers of micrographs, picks and defocus values differ, some picks
            have no score, the picker tells no diameter, or a micrograph has no pixel
            size and the diameter is in angstrom.
        TypeError
            If the picker finds no peaks and `picks` is None, or `diameter` is no
            length.
        FileNotFoundError
            If the folder of the file does not exist.

        Warns
        -----
        UserWarning
            If a micrograph cannot be used; the page says why.
        """
        about = self._describe()
        if self._known() is None:
            maps = self.picker[:-1].transform(self.micrographs)
            self._found = list(self.picker[-1].peaks(maps))
        # What the picker has found itself is complete, however low the threshold is.
        about = about._replace(all_peaks=self.picks is None)
        peaks = self._known()
        if not are_scored(peaks):
            about = without_scores(about)
        rows = _Rows(self, peaks, about)
        write_page(path, generate_in_parallel(LazyRows(look_at, rows)), about)
        return Path(path)

    def _repr_html_(self) -> str:
        """Return a short version for notebooks, without finding any picks."""
        about = self._describe()
        peaks = self._known()
        if peaks is None:
            text = "`save` finds the picks and writes the page."
            return panel(f"Report of {count_of(self.micrographs)}", paragraph(text))
        if not are_scored(peaks):
            about = without_scores(about)
        checked = [
            checked_peaks(one, f"number {row}", scored=about.scored)
            for row, one in enumerate(peaks)
        ]
        return short_html(checked, about, self.micrographs[0])

    def _known(self) -> Any:
        """Return the peaks that are given or were found before, else None."""
        return getattr(self, "_found", None) if self.picks is None else self.picks

    def _describe(self) -> PickerDescription:
        if self.diameter is not None:
            parse_length(self.diameter, "diameter", "(0, inf)")
        if self.threshold is not None:
            check_number(self.threshold, "threshold", "(-inf, inf)")
        for name in ("picks", "names", "defocus"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.micrographs):
                raise ValueError(
                    f"`{name}` must have one entry per micrograph. Got {len(values)} "
                    f"for {len(self.micrographs)} micrographs."
                )
        steps = getattr(self.picker, "steps", None)
        if self.picks is None and not (steps and hasattr(self.picker[-1], "peaks")):
            raise TypeError(
                f"{type(self.picker).__name__} does not find all peaks. Give them as "
                "`picks`: an array of x, y and score for each micrograph."
            )
        about = describe_picker(
            self.picker, diameter=self.diameter, threshold=self.threshold
        )
        if not isinstance(self.notes, Mapping | None):
            raise TypeError(
                "`notes` must be a dict of texts, such as {'Session': 'March 3'}, or "
                f"None. Got {type(self.notes).__name__}."
            )
        notes = {str(name): str(text) for name, text in (self.notes or {}).items()}
        return about._replace(parameters={**notes, **about.parameters})


class _Rows(Sequence):
    """The micrographs with their numbers and all that is known of them."""

    def __init__(
        self, report: PicksReport, peaks: Sequence[ArrayLike], about: PickerDescription
    ) -> None:
        self.micrographs = report.micrographs
        self.names = report.names
        self.defocus = report.defocus
        self.peaks = peaks
        self.about = about

    def __len__(self) -> int:
        return len(self.micrographs)

    def __getitem__(self, number: Any) -> "_Source":
        return _Source(self, int(number))


class _Source(NamedTuple):
    """One of the rows, of which nothing is read yet."""

    rows: _Rows
    number: int


def look_at(source: _Source) -> Look:
    """Read a micrograph and look at it; one that cannot be read is left out."""
    rows, number = source
    about = rows.about
    name = f"number {number}" if rows.names is None else str(rows.names[number])
    peaks = checked_peaks(rows.peaks[number], name, scored=about.scored)
    defocus = None if rows.defocus is None else rows.defocus[number]
    micrograph, error, diameter = None, None, about.diameter
    try:
        micrograph = rows.micrographs[number]
        (usable,) = check_micrographs([micrograph])
    except UNUSABLE as fault:
        if is_fault_of_system(fault):
            raise
        label = getattr(micrograph, "name", None) or name
        warn_of_unusable(label, fault)
        usable, error = blank_like(micrograph), with_number(fault, label)
        diameter = parse_length(diameter, "diameter").value  # of no picture
    if usable.name is None and rows.names is not None:
        usable = Micrograph(usable, name)
    row = ReportRow(usable, peaks, defocus, error)
    look = view_micrograph(row, diameter, number)
    free_mapped_memory(micrograph)
    return look


def are_scored(peaks: Sequence[ArrayLike]) -> bool:
    """Tell whether picks have scores: those of a table of x and y, or NaN, are none."""
    columns = [np.asarray(by_name(one, ("x", "y", "score")), float) for one in peaks]
    columns = [one for one in columns if len(one)]
    if not columns:
        return True
    return not all(one.shape[1] == 2 or np.isnan(one[:, 2]).all() for one in columns)


def without_scores(about: PickerDescription) -> PickerDescription:
    """Return the description of picks that have no scores."""
    return about._replace(
        scored=False, calibrated=False, threshold=None, per_micrograph=None
    )


def count_of(micrographs: Sequence[ArrayLike]) -> str:
    """Return how many micrographs there are, in words."""
    return f"{len(micrographs):,} micrograph{'s' if len(micrographs) != 1 else ''}"

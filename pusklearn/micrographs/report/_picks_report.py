"""A report of picks that a microscopist can judge by."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.report._describe_picker import (
    PickerDescription,
    describe_picker,
)
from pusklearn.micrographs.report._micrograph_view import (
    ReportRow,
    checked_peaks,
)
from pusklearn.micrographs.report._short_html import short_html
from pusklearn.micrographs.report._write_report import write_report


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
        known.
    diameter : float, str or None, default=None
        The diameter of a particle, > 0: in pixels of the original, or such as "180A".
        None takes that of the picker.
    defocus : sequence of float or None, default=None
        The defocus of each micrograph in angstrom, if it is known.

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
    ...     path = Path(folder, "report.html")
    ...     PicksReport(picker, micrographs).save(path)
    ...     "simulated_0001" in path.read_text(encoding="utf-8")
    True
    """

    def __init__(
        self,
        picker: Any,
        micrographs: Sequence[ArrayLike],
        picks: Sequence[ArrayLike] | None = None,
        *,
        diameter: float | str | None = None,
        defocus: Sequence[float] | None = None,
    ) -> None:
        self.picker = picker
        self.micrographs = micrographs
        self.picks = picks
        self.diameter = diameter
        self.defocus = defocus

    def save(self, path: str | os.PathLike) -> None:
        """Write the page.

        Micrographs are taken one after the other. If the picker has to find the peaks,
        they are kept, so that it does so once.

        Parameters
        ----------
        path : str or path-like
            The file, such as "report.html".

        Raises
        ------
        ValueError
            If the numbers of micrographs, picks and defocus values differ, picks have
            no scores, a micrograph cannot be used, or the picker tells no diameter.
        TypeError
            If the picker finds no peaks and `picks` is None, or `diameter` is no
            length.
        FileNotFoundError
            If the folder of the file does not exist.
        """
        about = self._describe()
        write_report(path, self._rows(), about)

    def _repr_html_(self) -> str:
        """Return a short version for notebooks, without finding any picks."""
        about = self._describe()
        peaks = self._known()
        if len(peaks) < len(self.micrographs) or not len(peaks):
            return (
                f"<p>Report of {len(self.micrographs):,} micrographs. `save` finds "
                "the picks and writes it.</p>"
            )
        checked = [checked_peaks(one, f"number {row}") for row, one in enumerate(peaks)]
        return short_html(checked, about, self.micrographs[0])

    def _known(self) -> Sequence[ArrayLike]:
        """Return the peaks that are given or were found before."""
        return getattr(self, "_found", []) if self.picks is None else self.picks

    def _describe(self) -> PickerDescription:
        if self.diameter is not None:
            parse_length(self.diameter, "diameter", "(0, inf)")
        for name in ("picks", "defocus"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.micrographs):
                raise ValueError(
                    f"`{name}` must have one entry per micrograph. Got {len(values)} "
                    f"for {len(self.micrographs)} micrographs."
                )
        if self.picks is None and not hasattr(_last(self.picker), "peaks"):
            raise TypeError(
                f"{type(_last(self.picker)).__name__} does not find all peaks. Give "
                "them as `picks`, an array of x, y and score for each micrograph."
            )
        return describe_picker(self.picker, diameter=self.diameter)

    def _rows(self) -> Iterator[ReportRow]:
        found = self._known()
        new: list[NDArray[np.float64]] = []
        for row in range(len(self.micrographs)):
            micrograph = self.micrographs[row]
            if row < len(found):
                peaks = found[row]
            else:
                peaks = peaks_of(self.picker, micrograph)
                new.append(peaks)
            defocus = None if self.defocus is None else float(self.defocus[row])
            yield ReportRow(micrograph, peaks, defocus)
        if new:
            self._found = new


def peaks_of(picker: Any, micrograph: ArrayLike) -> NDArray[np.float64]:
    """Return all peaks of a micrograph, whatever the threshold of the picker."""
    maps = picker[:-1].transform([micrograph])
    (peaks,) = picker[-1].peaks(maps)
    return peaks


def _last(picker):
    return picker[-1] if hasattr(picker, "steps") else picker

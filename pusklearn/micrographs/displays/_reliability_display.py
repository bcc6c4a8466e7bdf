"""A display of whether the probabilities of picks, or of any samples, are right."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.displays._comparable_picks import comparable_picks
from pusklearn.micrographs.displays._opened import open_micrographs
from pusklearn.micrographs.displays._picked import extractor_of, is_calibrated
from pusklearn.micrographs.metrics._matched_picks import matched_picks
from pusklearn.pu.displays import _reliability_display as of_samples
from pusklearn.pu.displays._display_tools import check_matplotlib


class ReliabilityDisplay(of_samples.ReliabilityDisplay):
    # The ground floor knows nothing of picks; to a user there is one class.
    __doc__ = of_samples.ReliabilityDisplay.__doc__

    @classmethod
    def from_picks(
        cls,
        true_list: Sequence[ArrayLike],
        picks_list: Sequence[ArrayLike] | NDArray[np.object_],
        radius: float,
        *,
        n_bins: int = 10,
        strategy: str = "uniform",
        threshold: float = 0.5,
        confidence: float = 0.95,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare the probabilities of picks with whether they are particles.

        Parameters
        ----------
        true_list : sequence of array-like of shape (m, >=2)
            All particles ``x, y`` of each micrograph. A pick on a particle that is not
            among them counts as wrong.
        picks_list : sequence of array-like of shape (k, >=3)
            Picks ``x, y, score`` of each micrograph, in the unit of the particles. The
            score is the log-odds that the pick is a particle, as a calibrated picker
            gives it. For the expected number of particles, give all peaks:
            ``picker["extract"].peaks(maps)``.
        radius : float
            A pick is a particle if it is matched with one at a smaller distance than
            this, > 0; see `match_coordinates`.
        n_bins : int, default=10
            Number of bins, at least 1.
        strategy : {"uniform", "quantile"}, default="uniform"
            "uniform" takes bins of equal width, "quantile" bins that hold equal numbers
            of picks.
        threshold : float, default=0.5
            The probability above which precisions are told, in (0, 1).
        confidence : float, default=0.95
            Confidence of the intervals of the shares (Clopper and Pearson), in (0, 1).
            Picks of one micrograph are more alike than others, so that the intervals
            are too narrow for other micrographs.
        name : str or None, default=None
            What the legend calls these picks.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        ReliabilityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If the lists differ in length, there is no pick, a score is NaN, or a
            parameter is out of its range.
        TypeError
            If a parameter is of a wrong type.
        ImportError
            If matplotlib is missing.

        Notes
        -----
        The true number of positives is that of the picks that are particles. Particles
        without any pick are not among them.

        Examples
        --------
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> from pusklearn.metrics import ReliabilityDisplay
        >>> true = [[[10, 10], [40, 40]]]
        >>> picks = [[[11, 10, 2.2], [70, 20, 0.0], [40, 41, -2.2]]]
        >>> display = ReliabilityDisplay.from_picks(true, picks, radius=5)
        >>> round(display.n_expected, 2), display.n_true
        (1.5, 2.0)
        """
        check_matplotlib(cls)
        matched = matched_picks(true_list, picks_list, radius)
        return cls.from_predictions(
            matched.hit,
            expit(matched.score),
            n_bins=n_bins,
            strategy=strategy,
            threshold=threshold,
            confidence=confidence,
            name=name,
            ax=ax,
        )

    @classmethod
    def from_picker(
        cls,
        picker: Any,
        micrographs: Any,
        coordinates: Any,
        *,
        n_bins: int = 10,
        strategy: str = "uniform",
        threshold: float = 0.5,
        confidence: float = 0.95,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare the probabilities of a picker's peaks with the truth.

        All peaks are compared, whatever the threshold of the picker, in the way in
        which ``picker.score`` judges them: particles on missing pixels are left out,
        and clicks on the same particle count once.

        Parameters
        ----------
        picker : Pipeline
            A fitted picker whose scores are calibrated.
        micrographs : sequence of array-like of shape (height, width), or path
            Micrographs that the picker was not trained on, or what
            `pusklearn.io.read_micrographs` reads, such as a folder.
        coordinates : sequence of array-like of shape (m, >=2), or DataFrame
            All true particles ``x, y`` of each micrograph, or a table that
            `pusklearn.io.coordinates_for` splits.
        n_bins, strategy, threshold, confidence, name, ax : object
            As for `from_picks`.

        Returns
        -------
        ReliabilityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If the scores of the picker are not calibrated, micrographs and coordinates
            do not fit, there is no peak, or a parameter is out of its range.
        TypeError
            If `picker` is not a picker, or a parameter is of a wrong type.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        extract = extractor_of(picker)
        check_is_fitted(extract)
        if not is_calibrated(extract):
            raise ValueError(
                "Reliability needs probabilities, and the scores of this picker are "
                "not calibrated: they are no log-odds. Fit one with calibrate=True, or "
                "give calibrated picks to `from_picks`."
            )
        # Without any coordinates the error says how many are expected.
        known = () if coordinates is None else coordinates
        images, particles, _ = open_micrographs(micrographs, known)
        maps = picker[:-1].transform(images)
        compared = comparable_picks(extract, maps, extract.peaks(maps), particles or [])
        return cls.from_picks(
            *compared,
            n_bins=n_bins,
            strategy=strategy,
            threshold=threshold,
            confidence=confidence,
            name=name,
            ax=ax,
        )

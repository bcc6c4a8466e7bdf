"""Every region of every micrograph, as one lazy array."""

from collections.abc import Sequence
from types import EllipsisType
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from scipy.sparse import csc_array

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._discs import within_discs
from pusklearn.micrographs.images._gaps import Gaps, filled, find_gaps, with_gaps
from pusklearn.micrographs.images._lazy_rows import in_memory_or_on_disk
from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._particles_there import labels_there
from pusklearn.pu._checks import check_flag, check_integer
from pusklearn.pu._missing_rows import are_in_runs, mark_runs, runs_of


class TiledRegions:
    """The square regions around all pixels of some micrographs, without copying them.

    The region of a pixel is centred on it (for an even `size`, half a pixel to its
    upper left) and filled with zeros beyond the edges of the micrograph. Regions are
    in the order of the micrographs, and of rows and columns in each micrograph.

    Pixels of a region that are missing, because they are masked, NaN or infinite, hold
    the background: the median of the pixels that are there, or 0 if all missing ones
    are 0 already, as `MicrographNormalizer` leaves them. A region whose centre is
    missing keeps its number, but a classifier never learns from it.

    The regions are indexed as an array: an integer gives one region of shape (size,
    size); a slice, a mask or an array of integers gives a view, which is a
    `TiledRegions` again. ``np.asarray`` copies the regions into an array.

    Parameters
    ----------
    micrographs : sequence of array-like of shape (height, width)
        The micrographs. Heights and widths may differ. Arrays and memory maps are kept
        as they are; large micrographs that are computed when they are asked for are
        computed once and kept in a temporary file.
    size : int
        Edge of a region, in pixels of these micrographs, at least 1.

    Attributes
    ----------
    micrographs : list of Micrograph
        The micrographs.
    size : int
        Edge of a region, in pixels of these micrographs.
    shape : tuple of int
        The shape (n_regions, size, size).
    groups : ndarray of int of shape (n_regions,)
        The number of the micrograph of each region, as ``groups`` for `GroupKFold`.
    missing : ndarray of bool of shape (n_regions,)
        Whether the centre of each region is a missing pixel. Classifiers other than
        `PUClassifier` should be given ``regions[~regions.missing]``.

    Raises
    ------
    ValueError
        If a micrograph is not a non-empty 2-D array of real numbers, or `size` is
        below 1.
    TypeError
        If `size` is not an integer.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import TiledRegions
    >>> regions = TiledRegions([np.arange(12.0).reshape(3, 4)], size=3)
    >>> regions.shape
    (12, 3, 3)
    >>> regions[0]
    array([[0., 0., 0.],
           [0., 0., 1.],
           [0., 4., 5.]], dtype=float32)
    >>> regions.labels([[(2, 1)]], radius=1).reshape(3, 4)
    array([[0, 0, 1, 0],
           [0, 1, 1, 1],
           [0, 0, 1, 0]], dtype=int8)
    """

    dtype = np.dtype(np.float32)
    ndim = 3

    def __init__(self, micrographs: Sequence[ArrayLike], size: int) -> None:
        check_integer(size, "size")
        self.micrographs = in_memory_or_on_disk(check_micrographs(micrographs))
        self.size = int(size)
        shapes = np.array([m.shape for m in self.micrographs])
        self._ends = shapes.prod(1).cumsum()
        self._starts = np.r_[0, self._ends[:-1]]
        self._widths = shapes[:, 1]
        self._index: NDArray[np.integer] | None = None
        # The gaps of each micrograph that was asked for them; views share it.
        self._gaps: dict[int, Gaps] = {}

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (n_regions, size, size)."""
        return len(self), self.size, self.size

    @property
    def groups(self) -> NDArray[np.integer]:
        """The number of the micrograph of each region."""
        return self.locate()[0]

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Whether the centre of each region is a missing pixel."""
        return mark_runs(self.missing_runs(), len(self))

    @property
    def is_view(self) -> bool:
        """Whether these are only some of the regions, or regions in another order."""
        return self._index is not None

    def __len__(self) -> int:
        return int(self._ends[-1]) if self._index is None else len(self._index)

    def __repr__(self) -> str:
        return (
            f"TiledRegions(n_regions={len(self)}, size={self.size}, "
            f"n_micrographs={len(self.micrographs)})"
        )

    @overload
    def __getitem__(self, key: int | np.integer) -> NDArray[np.float32]: ...

    @overload
    def __getitem__(
        self, key: slice | NDArray | list | EllipsisType
    ) -> "TiledRegions": ...

    def __getitem__(self, key):
        if isinstance(key, tuple):
            if len(key) > 2 or key[1:] not in ((), (Ellipsis,)):
                raise IndexError(f"Regions have one index, their number. Got {key}.")
            key = key[0] if key else Ellipsis
        if key is Ellipsis:
            return self
        rows = self._rows(key)
        if np.ndim(rows) == 0:
            return self._crop(rows)
        chosen = rows if self._index is None else self._index[rows]
        view = object.__new__(TiledRegions)
        view.__dict__ = {**self.__dict__, "_index": chosen}
        return view

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("Regions cannot become an array without a copy.")
        crops = np.zeros(self.shape, self.dtype)
        for crop, which, y, x in zip(crops, *self.locate(), strict=True):
            self._fill(crop, int(which), y, x)
        return crops if dtype is None else crops.astype(dtype, copy=False)

    def locate(self, rows: ArrayLike | None = None) -> tuple[NDArray, NDArray, NDArray]:
        """Find the micrograph and the centre of regions.

        Parameters
        ----------
        rows : array-like of int, default=None
            The rows of the regions; None stands for all regions.

        Returns
        -------
        micrograph, y, x : ndarray of int
            The number of the micrograph of each region, and the row and column of its
            centre.
        """
        rows = np.arange(len(self)) if rows is None else self._rows(rows)
        numbers = rows if self._index is None else self._index[rows]
        which = np.searchsorted(self._ends, numbers, side="right")
        within = numbers - self._starts[which]
        y, x = np.divmod(within, self._widths[which])
        return which, y, x

    def rows_of(self, micrograph: int) -> NDArray[np.integer]:
        """Find the regions of one micrograph.

        Parameters
        ----------
        micrograph : int
            The number of the micrograph.

        Returns
        -------
        ndarray of int
            The rows of its regions.
        """
        start, end = np.r_[0, self._ends][micrograph : micrograph + 2]
        if self._index is None:
            return np.arange(start, end)
        return np.flatnonzero((self._index >= start) & (self._index < end))

    def gaps(self, micrograph: int) -> Gaps:
        """Find the missing pixels of the micrograph of this number, once."""
        if micrograph not in self._gaps:
            self._gaps[micrograph] = find_gaps(self.micrographs[micrograph])
            free_mapped_memory(self.micrographs[micrograph])
        return self._gaps[micrograph]

    def all_gaps(self) -> list[Gaps]:
        """Find the missing pixels of every micrograph."""
        return [self.gaps(number) for number in range(len(self.micrographs))]

    def pixels(self, micrograph: int) -> NDArray[np.float32]:
        """Return the pixels of the micrograph of this number, missing ones filled.

        They hold the background. The pixels are not copied if none is missing.
        """
        return filled(self.micrographs[micrograph], self.gaps(micrograph))

    def missing_runs(self) -> NDArray[np.intp]:
        """Find the regions whose centre is a missing pixel.

        Returns
        -------
        ndarray of int of shape (n_runs, 2)
            The first row of each run of regions and the row after its last one.
        """
        runs = self._missing_numbers()
        if self._index is None or not len(runs):
            return runs
        return runs_of(are_in_runs(self._index, runs))

    def labels(
        self,
        coordinates: Sequence[ArrayLike],
        radius: float | str,
        *,
        sparse_output: bool = False,
    ) -> NDArray[np.int8] | csc_array:
        """Label the regions whose centre lies within a radius of a particle.

        Parameters
        ----------
        coordinates : sequence of array-like of shape (k, 2)
            Particles of each micrograph, ``x, y`` in pixels of the original. They are
            rounded to the nearest pixel of the micrographs given here. Particles on
            missing pixels are left out.
        radius : float or str
            The radius, in pixels of the original micrograph, at least 0; "20A" is in
            angstrom. A radius of 0, 1, 2, 3, 4, 5 pixels of the micrographs given here
            labels 1, 5, 13, 29, 49, 81 regions.
        sparse_output : bool, default=False
            Whether to store the positives only. A thousand micrographs have a billion
            regions.

        Returns
        -------
        ndarray of int8 of shape (n_regions,)
            1 for labelled positives, 0 for the unlabeled and for regions whose centre
            is missing. With `sparse_output` this is
            a `scipy.sparse.csc_array` of shape (n_regions, 1), which `PUClassifier`
            takes as labels.

        Raises
        ------
        ValueError
            If `radius` is negative, `coordinates` does not have one entry for each
            micrograph, a particle lies outside its micrograph, or all particles lie on
            missing pixels.
        TypeError
            If `radius` is not a number, or `sparse_output` is not True or False.

        Warns
        -----
        UserWarning
            If particles lie on missing pixels; they are counted and named.
        """
        parse_length(radius, "radius")
        check_flag(sparse_output, "sparse_output")
        points = check_coordinates(coordinates, len(self.micrographs))
        names = [m.name for m in self.micrographs]
        points = labels_there(points, self.all_gaps(), names)
        starts = np.r_[0, self._ends[:-1]]
        parts = [
            start + np.unique(y * m.shape[1] + x)
            for start, m, p in zip(starts, self.micrographs, points, strict=True)
            for reach in [original_pixels(radius, m, "radius") if len(p) else 0.0]
            for y, x in [within_discs(m, p, reach)]
        ]
        positives = np.concatenate(parts)
        positives = positives[~are_in_runs(positives, self._missing_numbers())]
        if sparse_output:
            if self._index is not None:
                positives = np.flatnonzero(np.isin(self._index, positives))
            ones = np.ones(len(positives), np.int8)
            ends = [0, len(positives)]
            return csc_array((ones, positives, ends), (len(self), 1))
        labels = np.zeros(self._ends[-1], np.int8)
        labels[positives] = 1
        return labels if self._index is None else labels[self._index]

    def maps(self, values: ArrayLike) -> list[Micrograph]:
        """Arrange one value per region as one image per micrograph.

        Parameters
        ----------
        values : array-like of shape (n_regions,)
            One value for each region, such as its score.

        Returns
        -------
        list of Micrograph
            One image for each micrograph, with its name, pixel size, scale and mask.
            Missing pixels are NaN. If these regions are a view, pixels whose region is
            not in it are NaN, too.

        Raises
        ------
        ValueError
            If `values` has another shape.
        """
        values = np.asarray(values)
        if values.shape != (len(self),):
            raise ValueError(
                f"`values` must have shape ({len(self)},), one per region. "
                f"Got {values.shape}."
            )
        if self._index is not None:
            every = np.full(self._ends[-1], np.nan, np.result_type(values, np.float32))
            every[self._index] = values
            values = every
        parts = np.split(values, self._ends[:-1])
        return [
            with_gaps(part.reshape(m.shape), m, gaps)
            for part, m, gaps in zip(
                parts, self.micrographs, self.all_gaps(), strict=True
            )
        ]

    def _missing_numbers(self):
        """Return the runs of all regions, of these and others, that are missing."""
        starts = np.r_[0, self._ends[:-1]]
        runs = zip(starts, self.all_gaps(), strict=True)
        return np.concatenate([start + gaps.runs for start, gaps in runs])

    def _rows(self, key):
        """Return an index as row numbers, from 0 on."""
        if isinstance(key, slice):
            return np.arange(*key.indices(len(self)))
        key = np.asarray(key)
        if key.dtype == bool:
            if key.shape != (len(self),):
                raise IndexError(
                    f"A mask must have shape ({len(self)},). Got {key.shape}."
                )
            return np.flatnonzero(key)
        if key.dtype.kind not in "iu" and key.size:
            raise IndexError(f"Regions are indexed by integers. Got {key.dtype}.")
        if key.ndim > 1:
            raise IndexError(f"An index has 0 or 1 dimension. Got {key.ndim}.")
        key = key.astype(np.intp)
        if key.size and (key.min() < -len(self) or key.max() >= len(self)):
            raise IndexError(f"An index is out of bounds for {len(self)} regions.")
        return np.where(key < 0, key + len(self), key)

    def _crop(self, row):
        which, y, x = (int(i) for i in self.locate(row))
        crop = np.zeros((self.size, self.size), self.dtype)
        self._fill(crop, which, y, x)
        return crop

    def _fill(self, crop, which, y, x):
        """Copy the part of a region that lies inside its micrograph."""
        top, left = y - self.size // 2, x - self.size // 2
        image = self.micrographs[which]
        part = image[max(top, 0) : top + self.size, max(left, 0) : left + self.size]
        inside = filled(part, self.gaps(which))
        y, x = max(-top, 0), max(-left, 0)
        crop[y : y + inside.shape[0], x : x + inside.shape[1]] = inside

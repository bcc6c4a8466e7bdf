"""The pixel size of each micrograph, if a project and the files tell different ones."""

import os

from pusklearn.micrographs.io._listed_file import ListedFile
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.pu._warn_caller import warn_caller

# Sizes that differ by a greater share of the header's are two.
TOLERANCE = 0.01
# Programs that do not know the pixel size write one of these.
_DOUBTFUL = 1.0
_NONE = 0.0
# No micrograph has smaller or greater pixels; a size in metres or nanometres may be.
_LEAST, _GREATEST = 0.01, 1000.0
_MOST_NAMED = 3


class SettledPixelSizes:
    """Settles the pixel size of one micrograph after the other, and warns of doubts.

    What the user gives counts, then what a project lists, then the header of the file.
    A header of exactly 1 angstrom counts only if there is nothing else, and so does one
    below 0.01 or above 1000 angstrom. One of 0 never counts.

    Parameters
    ----------
    given : float or None, default=None
        The pixel size of all micrographs, in angstrom, as the user gives it.
    is_doubted : bool, default=True
        Whether to warn of micrographs whose header says 0 or 1 angstrom, if nothing
        else tells their pixel size, and of those whose pixel size cannot be true.
    """

    def __init__(self, given: float | None = None, is_doubted: bool = True) -> None:
        self.given = given
        self.is_doubted = is_doubted
        self.contradicted: list[str] = []
        self.doubtful: list[str] = []
        self.unknown: list[str] = []
        self.absurd: list[str] = []

    def settle(self, file: str | os.PathLike, header: float | None) -> float | None:
        """Return the pixel size of a micrograph in angstrom, None if it is unknown.

        Parameters
        ----------
        file : path-like
            The file; a `ListedFile` tells what the project says.
        header : float or None
            The pixel size in its header, 0 if the header gives none.
        """
        if self.given is not None:
            return float(self.given)
        size = self._settle(file, header)
        if size is not None and _is_absurd(size):
            self.absurd.append(f"{micrograph_stem(file)}: {size:.4g}")
        return size

    def _settle(self, file, header):
        listed, of_movie = None, None
        if isinstance(file, ListedFile):
            if file.is_settled:
                return file.pixel_size or header or None
            listed, of_movie = file.pixel_size, file.movie_pixel_size
        is_known = header is not None and header != _DOUBTFUL
        known = header if is_known and not _is_absurd(header) else None
        if listed is None and of_movie is not None:
            # Motion correction makes pixels larger, never smaller.
            is_binned = known is not None and known > of_movie * (1 + TOLERANCE)
            listed = known if is_binned else of_movie
        if listed is None:
            if header == _DOUBTFUL:
                self.doubtful.append(micrograph_stem(file))
            elif header == _NONE:
                self.unknown.append(micrograph_stem(file))
            return header or None
        if known is not None and abs(listed - known) > TOLERANCE * known:
            said = f"{micrograph_stem(file)}: {listed:.4g}, header {known:.4g}"
            self.contradicted.append(said)
        return listed

    def warn(self) -> None:
        """Warn of all micrographs that were settled in doubt."""
        if self.contradicted:
            warn_caller(
                "The headers of micrographs tell another pixel size than the list that "
                f"names them ({_shorten(self.contradicted)} angstrom). The list "
                "counts; `pixel_size` sets another one for all."
            )
        if self.doubtful and self.is_doubted:
            warn_caller(
                "The headers of micrographs give a pixel size of exactly 1 angstrom "
                f"({_shorten(self.doubtful)}), as programs do that do not know it, and "
                "nothing else tells it. Lengths in angstrom are wrong if it is not "
                "true: give the pixel size, as in `pixel_size=1.06`, or as "
                "`pixel_size=1` if this is it."
            )
        if self.unknown and self.is_doubted:
            warn_caller(
                "The headers of micrographs give a pixel size of 0 angstrom, which is "
                f"none ({_shorten(self.unknown)}), as programs do that do not know it, "
                "and nothing else tells it. So it is unknown, and lengths must be in "
                "pixels: for those in angstrom, give the pixel size, as in "
                "`pixel_size=1.06`."
            )

        if self.absurd and self.is_doubted:
            warn_caller(
                f"No micrograph has a pixel size below {_LEAST:g} or above "
                f"{_GREATEST:g} angstrom, which files tell of some "
                f"({_shorten(self.absurd)}). Lengths in angstrom are wrong if it is "
                "not true: give the pixel size in angstrom, as in `pixel_size=1.06`."
            )


def _is_absurd(size):
    return not _LEAST <= size <= _GREATEST


def _shorten(names):
    more = f"; {len(names)} in all" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"

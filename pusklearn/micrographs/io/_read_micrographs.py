"""Read many micrographs from MRC or TIFF files."""

import os
from collections.abc import Sequence
from typing import Literal

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.io._masks import add_masks
from pusklearn.micrographs.io._read_each import read_each
from pusklearn.micrographs.io._settled_pixel_sizes import SettledPixelSizes
from pusklearn.pu._checks import check_choice, check_number

# Systems limit the number of open files. If there are more micrographs than this, each
# is opened when it is asked for.
MOST_OPEN = 256


def read_micrographs(
    paths: str | os.PathLike | Sequence[str | os.PathLike],
    *,
    masks: str | os.PathLike | Sequence | None = None,
    pixel_size: float | None = None,
    on_error: Literal["raise", "warn"] = "raise",
) -> Sequence[Micrograph]:
    """Read many micrographs from MRC or TIFF files.

    Micrographs are told apart by their names, and by their folders if names agree, so
    no two in a folder may have the same name without extension.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        One of

        - a folder: its files ``*.mrc``, ``*.mrc.gz`` and ``*.mrc.bz2`` are read, sorted
          by name; if it has none, its TIFF files, and if it has none of these either,
          its files ``*.mrcs`` of one image; hidden files are left out;
        - the folder of a job of RELION, such as ``MotionCorr/job002``: the list of
          micrographs in it is read;
        - a pattern such as ``"grid*/*.mrc"``: the files that match are read, sorted;
          ``**`` stands for any folders;
        - a STAR file of RELION such as ``corrected_micrographs.star``: the files in its
          column ``rlnMicrographName`` are read in that order, each once, without those
          whose ``rlnSelected`` or ``rlnEnabled`` is 0. Their paths start at the RELION
          project, which is the nearest folder above the STAR file in which the file is
          found; ``path`` of a micrograph is as it is listed;
        - a list of exposures of cryoSPARC, a ``.cs`` file: likewise, and the
          micrographs get their ``uid``;
        - a file;
        - a sequence of any of these, whose order is kept. A micrograph that several
          folders, patterns or lists give is read once.

        A folder and a pattern leave out, with a warning, what RELION and others write
        beside micrographs: power spectra, told by names such as ``a_PS.mrc``, and
        ``a_noDW.mrc``, ``a_EVN.mrc``, ``a_ctf.mrc`` and the like if there is an
        ``a.mrc``.

    masks : str, path-like, sequence of files or of arrays, or None, default=None
        Masks of the micrographs. Every pixel that is not 0 (or False) in a mask is
        masked: there is no micrograph at it. Files are given as in `paths`; the mask of
        "grid1" is named "grid1" or "grid1_mask". Arrays come in the order of the
        micrographs, None for one without a mask. A mask may be smaller than its
        micrograph by a whole factor. `read_masks` reads files that mean it the other
        way round, or hold probabilities, for this parameter.
    pixel_size : float or None, default=None
        The pixel size of all micrographs in angstrom. None takes what a STAR file or
        ``.cs`` file lists: in RELION, that of the optics group of each micrograph, or
        before 3.1 that of the detector by the magnification. If these do not tell, the
        header of a file counts; the pixel size is None if it has none either.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be read: an error, or a warning that names
        it and says why. In the second case, a micrograph of its name that is masked as
        a whole keeps its place, so that a picker gives it no picks.

    Returns
    -------
    sequence of Micrograph
        Micrographs as `read_micrograph` returns them; pixels are read when they are
        used. It is a list. If there are more than 256 files, each is opened when it is
        asked for, since systems limit the number of open files. So it is if there are
        masks and more than 2**26 pixels in all.

    Raises
    ------
    ValueError
        If no file is found, two of one folder have the same name without extension,
        one is not a micrograph, a STAR file has no column ``rlnMicrographName``,
        `pixel_size` is not > 0 and finite, no mask has the name of a micrograph, or a
        mask has a shape that does not fit.
    TypeError
        If `pixel_size` is not a number.
    FileNotFoundError
        If a file of a sequence or one that a STAR file lists is missing.

    Warns
    -----
    UserWarning
        If some micrographs have no mask of their name, and others have. If files are
        left out: those named above, those of a list that are not selected, and those
        of a folder that may be taken for micrographs, such as EER movies, unless they
        are named like one that is read. If a header tells another pixel size than the
        list that names the file, by more than 1 %: the list counts. If nothing but the
        header of an MRC file tells the pixel size and it says exactly 1 angstrom, or 0,
        as programs write that do not know it. 1 is taken, and 0 leaves it unknown. If
        it is below 0.01 or above 1000 angstrom, or the header tells it along one axis
        only. If all files of a folder or pattern are named like power spectra.

    See Also
    --------
    read_masks : Reads masks in which another value means that a pixel is masked.
    read_micrograph : Says which files are micrographs.
    coordinates_for : Gives each micrograph its coordinates.

    Examples
    --------
    >>> import mrcfile, tempfile
    >>> import numpy as np
    >>> from pusklearn.io import read_micrographs
    >>> image = np.zeros((3, 4), "float32")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ["b", "a", "c"]:
    ...         mrcfile.write(f"{folder}/{name}.mrc", image, voxel_size=1.5)
    ...     micrographs = read_micrographs(folder)
    >>> [micrograph.name for micrograph in micrographs]
    ['a', 'b', 'c']
    """
    check_choice(on_error, "on_error", ["raise", "warn"])
    if pixel_size is not None:
        check_number(pixel_size, "pixel_size", "(0, inf)")
    micrographs = open_all(paths, SettledPixelSizes(pixel_size), on_error=on_error)
    if masks is None:
        return micrographs
    if isinstance(masks, str | os.PathLike) or _are_paths(masks):
        return add_masks(micrographs, open_all(masks, noun="mask"))
    return add_masks(micrographs, masks)


def open_all(
    paths: str | os.PathLike | Sequence[str | os.PathLike],
    pixel_sizes: SettledPixelSizes | None = None,
    noun: str = "micrograph",
    on_error: str = "raise",
) -> Sequence[Micrograph]:
    """Read the images that paths stand for; None doubts no pixel size."""
    sizes = SettledPixelSizes(is_doubted=False) if pixel_sizes is None else pixel_sizes
    return read_each(list_files(paths, noun, on_error), on_error, MOST_OPEN, sizes)


def _are_paths(masks):
    return len(masks) > 0 and isinstance(masks[0], str | os.PathLike)

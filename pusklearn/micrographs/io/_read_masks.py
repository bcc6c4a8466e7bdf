"""Read masks of micrographs from files."""

import os
from collections.abc import Sequence
from functools import partial

from pusklearn.micrographs.images._lazy_rows import map_now_or_lazily
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._masks import as_mask
from pusklearn.micrographs.io._read_micrographs import open_all
from pusklearn.pu._checks import check_flag, check_number


def read_masks(
    paths: str | os.PathLike | Sequence[str | os.PathLike],
    *,
    threshold: float | None = None,
    invert: bool = False,
) -> Sequence[Micrograph]:
    """Read masks, as finders of carbon, gold or ice write them.

    ``read_micrographs(paths, masks=...)`` gives them to their micrographs.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        Mask files in a format of `read_micrograph`: a folder, a pattern or a sequence
        of files, as `read_micrographs` takes them.
    threshold : float or None, default=None
        Pixels with a greater value are masked: there is no micrograph at them. None
        masks every value but 0. For probabilities, 0.5 is usual.
    invert : bool, default=False
        Whether to mask all other pixels instead. Give True if the files hold 1 at
        pixels that are good.

    Returns
    -------
    sequence of Micrograph of bool
        The masks, True at masked pixels, with their names. It is a list; if they have
        more than 2**26 pixels together, each mask is read when it is asked for.

    Raises
    ------
    ValueError
        If no file is found, one is not an image, or an image of floats has several
        values besides 0 and no threshold is given.
    TypeError
        If `threshold` is not a number, or `invert` is not True or False.

    See Also
    --------
    read_micrographs : Reads micrographs, with their masks.
    Micrograph : Takes a mask that is an array.

    Examples
    --------
    >>> import mrcfile, tempfile
    >>> import numpy as np
    >>> from pusklearn.io import read_masks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     probability = np.array([[0.1, 0.2, 0.9]], "float32")
    ...     mrcfile.write(f"{folder}/grid1.mrc", probability)
    ...     (mask,) = read_masks(folder, threshold=0.5)
    >>> mask.name, mask.tolist()
    ('grid1', [[False, False, True]])
    """
    if threshold is not None:
        check_number(threshold, "threshold", "(-inf, inf)")
    check_flag(invert, "invert")
    read = partial(as_mask, threshold=threshold, invert=invert)
    return map_now_or_lazily(read, open_all(paths))

"""The edges of boxes around picks, in pixels."""

from collections.abc import Sequence
from typing import Any

from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.images._micrograph import Micrograph

# The formats that give the box around each pick.
WITH_BOXES = ("box", "cbox")


def box_sizes(
    box_size: Any, micrographs: Sequence[Micrograph | str], format: str
) -> list[float]:
    """Return the edge of the boxes of each micrograph, in pixels of the original.

    Parameters
    ----------
    box_size : float or str
        The edge, a length.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    format : str
        The format that needs boxes, for the message.

    Returns
    -------
    list of float
        The edge in each micrograph.

    Raises
    ------
    ValueError
        If `box_size` is None or out of range, or it is in angstrom and a micrograph has
        no pixel size or is given by its name.
    TypeError
        If `box_size` is no length.
    """
    if box_size is None:
        raise ValueError(
            f"`box_size` must be given for format {format!r}, such as '240A', or in "
            "pixels of the original micrograph. In a folder, only 'star', 'relion' and "
            "'eman2' do without. Got None."
        )
    value, is_angstrom = parse_length(box_size, "box_size", "(0, inf)")
    if not is_angstrom:
        return [value] * len(micrographs)
    named = [micrograph for micrograph in micrographs if isinstance(micrograph, str)]
    if named:
        raise ValueError(
            f"box_size={box_size!r} is in angstrom, so micrographs with their pixel "
            f"size must be given, not names. Got {named[0]!r}."
        )
    return [
        original_pixels(box_size, micrograph, "box_size", row)
        for row, micrograph in enumerate(micrographs)
        if isinstance(micrograph, Micrograph)
    ]

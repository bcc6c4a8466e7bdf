"""Whether micrographs have one pixel size."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.pu._warn_caller import warn_caller

# Pixel sizes that differ by less than this share are one: particles look the same.
TOLERANCE = 0.03


class PixelSizes(NamedTuple):
    """The smallest and the greatest pixel size that was learnt from, in angstrom."""

    least: float
    most: float


def is_same_size(size: float, other: float) -> bool:
    """Tell whether two pixel sizes differ by 3 % of the greater one at most."""
    return abs(size - other) <= TOLERANCE * max(size, other)


def find_pixel_sizes(micrographs: Sequence[Micrograph]) -> PixelSizes | None:
    """Return the pixel sizes of the training, and warn if there are several.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs, as they are learnt from.

    Returns
    -------
    PixelSizes or None
        None if no pixel size is known.

    Warns
    -----
    UserWarning
        If two pixel sizes differ by more than 3 %.
    """
    known = {
        m.pixel_size: m
        for m in micrographs
        if m.pixel_size is not None and not is_left_out(m)
    }
    if not known:
        return None
    sizes = PixelSizes(min(known), max(known))
    fine, coarse = (known[size] for size in sizes)
    if not is_same_size(*sizes):
        warn_caller(
            "The training micrographs have several pixel sizes, from "
            f"{sizes.least:.4g} angstrom ({fine.name or 'no name'}) to "
            f"{sizes.most:.4g} angstrom ({coarse.name or 'no name'}), so that a "
            f"particle has several sizes in pixels. {WAY_OUT}"
        )
    return sizes


def warn_of_other_sizes(
    micrographs: Sequence[Micrograph], sizes: PixelSizes | None
) -> None:
    """Warn if micrographs have another pixel size than those of the training.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs to pick from.
    sizes : PixelSizes or None
        The pixel sizes of the training.

    Warns
    -----
    UserWarning
        If a pixel size differs by more than 3 % from all between the smallest and the
        greatest of the training.
    """
    others = [m for m in micrographs if has_other_size(m, sizes)]
    if not others or sizes is None:
        return
    first = others[0]
    names = [m.name or "no name" for m in others[:5]]
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    learnt = f"{sizes.most:.4g}"
    if not is_same_size(*sizes):
        learnt = f"{sizes.least:.4g} to {learnt}"
    warn_caller(
        f"The picker learnt from micrographs of pixel size {learnt} angstrom, but "
        f"{len(others)} micrographs have another one, such as {first.pixel_size:.4g} "
        f"angstrom ({', '.join(names)}{more}), so that a particle has another size in "
        f"pixels. {WAY_OUT}"
    )


WAY_OUT = (
    "Picks are worse for it. A picker whose `diameter` is in angstrom, such as '180A', "
    "brings micrographs to one pixel size itself, if it has neither `initial` nor "
    "downsample='auto'. FourierDownsampler(target_pixel_size='coarsest') does so, too."
)


def has_other_size(micrograph: Micrograph, sizes: PixelSizes | None) -> bool:
    """Tell whether a known pixel size is none of those of the training."""
    size = micrograph.pixel_size
    if size is None or sizes is None or is_left_out(micrograph):
        return False
    between = sizes.least <= size <= sizes.most
    return not between and not any(is_same_size(size, one) for one in sizes)


class WarnOfSizes:
    """A function of a micrograph that warns of other pixel sizes, once for each.

    Micrographs that are computed when they are asked for show their pixel sizes one by
    one.

    Parameters
    ----------
    function : callable
        The function, which is given a micrograph.
    sizes : PixelSizes or None
        The pixel sizes of the training.
    """

    def __init__(
        self, function: Callable[[Micrograph], Any], sizes: PixelSizes | None
    ) -> None:
        self.function = function
        self.sizes = sizes
        self.told: set[str] = set()

    def __call__(self, micrograph: Micrograph) -> Any:
        """Warn if need be, and return what the function returns."""
        if has_other_size(micrograph, self.sizes):
            size = f"{micrograph.pixel_size:.2g}"
            if size not in self.told:
                self.told.add(size)
                warn_of_other_sizes([micrograph], self.sizes)
        return self.function(micrograph)

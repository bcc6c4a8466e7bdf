"""Whether micrographs have one pixel size."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pusklearn.micrographs.images._lengths import in_angstrom
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


def find_pixel_sizes(
    micrographs: Sequence[Micrograph], *, is_training: bool = True
) -> PixelSizes | None:
    """Return the pixel sizes of micrographs, and warn if there are several.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs, as they are learnt from.
    is_training : bool, default=True
        Whether they are learnt from; if not, they are picked by a picker that has
        learnt from no pixel size, and the pixel sizes of the originals count.

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
        m.pixel_size / (1.0 if is_training else m.scale): m
        for m in micrographs
        if m.pixel_size is not None and not is_left_out(m)
    }
    if not known:
        return None
    sizes = PixelSizes(min(known), max(known))
    fine, coarse = (known[size] for size in sizes)
    if not is_same_size(*sizes):
        warn_caller(
            f"The {'training ' * is_training}micrographs have several pixel sizes, "
            f"from {sizes.least:.4g} angstrom ({fine.name or 'no name'}) to "
            f"{sizes.most:.4g} angstrom ({coarse.name or 'no name'}), so that a "
            "particle has several sizes in pixels. "
            f"{WAY_OUT if is_training else WITHOUT_TRAINING}"
        )
    return sizes


def warn_of_other_sizes(
    micrographs: Sequence[Micrograph], sizes: PixelSizes | None, lengths: Any = None
) -> None:
    """Warn if micrographs have another pixel size than those of the training.

    If the training knew no pixel size, and the lengths are in pixels, they must not
    have several.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs to pick from.
    sizes : PixelSizes or None
        The pixel sizes of the training.
    lengths : float, str or None, default=None
        A length of the picker; in angstrom, it suits micrographs of any pixel size.

    Warns
    -----
    UserWarning
        If a pixel size differs by more than 3 % from all between the smallest and the
        greatest of the training, or from another one if the training knew none.
    """
    if sizes is None and not in_angstrom(lengths):
        find_pixel_sizes(micrographs, is_training=False)
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
WITHOUT_TRAINING = (
    "Picks are worse for it. Give the picker its `diameter` in angstrom, such as "
    "'180A', or pick the micrographs of each pixel size by themselves, with the "
    "diameter that a particle has in their pixels."
)


def has_other_size(micrograph: Micrograph, sizes: PixelSizes | None) -> bool:
    """Tell whether a known pixel size is none of those of the training."""
    size = micrograph.pixel_size
    if size is None or sizes is None or is_left_out(micrograph):
        return False
    between = sizes.least <= size <= sizes.most
    return not between and not any(is_same_size(size, one) for one in sizes)


class WarnOfSizes:
    """A function of a micrograph that warns as `warn_of_other_sizes`, once for each.

    Micrographs that are computed when they are asked for show their pixel sizes one by
    one.

    Parameters
    ----------
    function : callable
        The function, which is given a micrograph.
    sizes : PixelSizes or None
        The pixel sizes of the training.
    lengths : float, str or None, default=None
        A length of the picker; in angstrom, it suits micrographs of any pixel size.
    """

    def __init__(
        self,
        function: Callable[[Micrograph], Any],
        sizes: PixelSizes | None,
        lengths: Any = None,
    ) -> None:
        self.function = function
        self.sizes = sizes
        self.lengths = lengths
        self.told: set[str] = set()
        self.first: tuple[Micrograph, float] | None = None

    def __call__(self, micrograph: Micrograph) -> Any:
        """Warn if need be, and return what the function returns."""
        if self.sizes is None and not in_angstrom(self.lengths):
            self._look_at_pair(micrograph)
        elif has_other_size(micrograph, self.sizes):
            size = f"{micrograph.pixel_size:.2g}"
            if size not in self.told:
                self.told.add(size)
                warn_of_other_sizes([micrograph], self.sizes)
        return self.function(micrograph)

    def _look_at_pair(self, micrograph):
        """Warn once if a micrograph has another pixel size than the first one."""
        if micrograph.pixel_size is None or self.told or is_left_out(micrograph):
            return
        # Its pixels would take memory.
        size = micrograph.pixel_size / micrograph.scale
        bare = Micrograph(np.zeros((1, 1)), micrograph.name, size)
        first, first_size = self.first = self.first or (bare, size)
        if not is_same_size(first_size, size):
            self.told.add("several")
            find_pixel_sizes([first, bare], is_training=False)

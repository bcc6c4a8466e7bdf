"""How many pixels a particle spans, and how many times smaller an image is made."""

from collections.abc import Sequence
from typing import Any

from pusklearn.micrographs.images._lengths import in_words, original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._stand_ins import NO_NAME
from pusklearn.pu._checks import check_number

# A pixel size in a file has 7 digits.
SLACK = 1e-3


def check_spans(spans: Any) -> tuple[float, float, float]:
    """Return the least, the best and the greatest span, or raise a ValueError.

    Parameters
    ----------
    spans : sequence of 3 float
        Pixels that a particle may span, in ascending order, > 0.
    """
    values = list(spans) if isinstance(spans, Sequence) else []
    values = [check_number(value, "spans", "(0, inf)") for value in values]
    if len(values) != 3 or sorted(values) != values:
        raise ValueError(
            "`spans` must be 3 numbers in ascending order: the least, the best and the "
            f"greatest number of pixels that a particle spans. Got {spans!r}."
        )
    least, best, greatest = values
    return least, best, greatest


def factor_to_span(width: float, spans: Sequence[float]) -> float:
    """Return how many times smaller an image is made to bring a particle to its span.

    Parameters
    ----------
    width : float
        Diameter of the particle, in pixels of the image.
    spans : sequence of 3 float
        The least, the best and the greatest number of pixels that it may span.

    Returns
    -------
    float
        At least 1: the image of a smaller particle stays as it is.

    Examples
    --------
    >>> from pusklearn.micrographs.preprocessing._particle_span import factor_to_span
    >>> factor_to_span(45, (13, 18, 27)), factor_to_span(15, (13, 18, 27))
    (2.5, 1.0)
    """
    _, best, _ = spans
    return max(1.0, width / best)


def width_of(diameter: float | str, micrograph: Micrograph) -> float:
    """Return the diameter of a particle in pixels of a micrograph."""
    return original_pixels(diameter, micrograph, "diameter") / micrograph.scale


def check_span(
    width: float,
    factor: float,
    spans: Sequence[float],
    diameter: float | str,
    where: str = "the micrographs",
) -> None:
    """Raise a ValueError if a particle spans too few or too many pixels.

    Parameters
    ----------
    width : float
        Diameter of the particle, in pixels of the micrograph.
    factor : float
        How many times smaller the micrograph is made.
    spans : sequence of 3 float
        The least, the best and the greatest number of pixels that it may span then.
    diameter : float or str
        The diameter as it was given, for the message.
    where : str, default="the micrographs"
        Which micrograph it is, for the message.
    """
    least, best, greatest = spans
    span = width / factor
    if least * (1 - SLACK) <= span <= greatest * (1 + SLACK):
        return
    seen = f"A particle of {in_words(diameter)} spans {width:.4g} pixels of {where}"
    if width < least * (1 - SLACK):
        raise ValueError(
            f"{seen}, and the network needs at least {least:g}. Give micrographs that "
            "have been made less coarse, or train a picker of your own, "
            f"make_picker({diameter!r}). Is `diameter` right?"
        )
    raise ValueError(
        f"{seen}, and {span:.4g} after downsampling {factor:.4g} times. The network "
        f"needs {least:g} to {greatest:g}: give `downsample='auto'`, which makes it "
        f"{min(width, best):.4g}."
    )


def check_span_in(
    micrograph: Micrograph,
    factor: float,
    spans: Sequence[float],
    diameter: float | str,
) -> None:
    """Raise a ValueError as `check_span` does, which names the micrograph."""
    where = f"micrograph {micrograph.name or NO_NAME}"
    if micrograph.pixel_size is not None:
        where += f" ({micrograph.pixel_size:.4g} angstrom per pixel)"
    width = width_of(diameter, micrograph)
    check_span(width, factor, spans, diameter, where)

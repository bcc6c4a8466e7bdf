"""The general network in the place of a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

GENERAL = "general"
# The scores of the general network are log-odds: a pick with a greater one is more
# likely to be a particle than not.
EVEN_CHANCE = 0.0


class ModelType(click.ParamType):
    """The type of an argument that is the file of a model, or the word ``general``.

    Examples
    --------
    >>> from pusklearn.commands._general_model import MODEL
    >>> MODEL.convert("general", None, None)
    'general'
    """

    name = "model"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | str:
        """Return the word, or the path of a file that exists; or fail."""
        if value == GENERAL:
            return GENERAL
        file = click.Path(exists=True, dir_okay=False, path_type=Path)
        if not Path(value).exists():
            self.fail(
                f"File {str(value)!r} does not exist. Give the file of a model, or the "
                "word general for the network that comes with pusklearn.",
                param,
                ctx,
            )
        return file.convert(value, param, ctx)


MODEL = ModelType()


class Particle(NamedTuple):
    """What the user tells of a particle, which no model knows.

    Attributes
    ----------
    diameter : str
        Its diameter, with the unit.
    per_micrograph : float or None
        How many of them are on an average micrograph.
    """

    diameter: str
    per_micrograph: float | None


def particle_for(
    model: Path | str, diameter: str | None, count: float | None
) -> Particle | None:
    """Return what the general network is told, None for a model of the user.

    Raises
    ------
    click.UsageError
        If something is missing, or a model knows it itself.
    """
    if model != GENERAL:
        if diameter is not None or count is not None:
            given = "--diameter" if count is None else "--count"
            raise click.UsageError(
                f"{given} is for the general network, `pusklearn pick general`. The "
                f"model {model} knows it from its training."
            )
        return None
    if diameter is None:
        raise click.UsageError(
            "The general network needs --diameter, the longest of a particle, such as "
            "180A or 45px: micrographs are made so much smaller that a particle has "
            "the size that the network knows."
        )
    return Particle(diameter, count)


def threshold_for(
    particle: Particle | None, threshold: float | str | None, *, is_given: bool
) -> float | str | None:
    """Return the threshold of the picks.

    Parameters
    ----------
    particle : Particle or None
        What the general network is told, None for a model of the user.
    threshold : float, str or None
        The threshold, see `PeakExtractor`.
    is_given : bool
        Whether the user has given it.

    Raises
    ------
    click.UsageError
        If the general network cannot find a threshold by that rule.
    """
    if particle is None:
        return threshold
    if not is_given and particle.per_micrograph is None:
        return EVEN_CHANCE
    from pusklearn.pu._threshold_rules import parse_threshold

    rules = ("none", "probability", "prior", "recall", "fdr")
    rule = parse_threshold(threshold, rules).name
    if rule in ("recall", "fdr"):
        raise click.UsageError(
            f"--threshold {threshold} needs labelled particles, and the general "
            "network has learnt from none of yours. Give prior, a probability, a score "
            "or none; or train a model with `pusklearn train`."
        )
    if rule == "prior" and particle.per_micrograph is None:
        raise click.UsageError(
            "--threshold prior keeps as many picks as particles are expected, so the "
            "general network needs their number on an average micrograph, such as "
            "--count 300."
        )
    return threshold


def doubt_of_sizes(
    particle: Particle | None, sizes: Sequence[float | None]
) -> str | None:
    """Return a warning if a diameter in pixels meets several pixel sizes, else None.

    Parameters
    ----------
    particle : Particle or None
        What the general network is told, None for a model of the user, which knows the
        pixel size of its training.
    sizes : sequence of float or None
        The pixel sizes of the micrographs, in angstrom, as far as they are known.
    """
    from pusklearn.micrographs.images._lengths import in_angstrom
    from pusklearn.micrographs.images._pixel_sizes import is_same_size

    if particle is None or in_angstrom(particle.diameter):
        return None
    known = [size for size in sizes if size is not None]
    if not known or is_same_size(min(known), max(known)):
        return None
    return (
        f"The micrographs have several pixel sizes, from {min(known):.4g} to "
        f"{max(known):.4g} angstrom, so that a particle has several sizes in pixels, "
        f"and --diameter {particle.diameter} is that of all. Picks are worse for it. "
        "Give --diameter in angstrom, such as 180A."
    )

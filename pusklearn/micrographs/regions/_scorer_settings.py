"""What the parameters of a `RegionScorer` say."""

from collections.abc import Sequence
from typing import Any

from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._check_prior_can_be_set import (
    check_prior_can_be_set,
)
from pusklearn.micrographs.regions._covering_field import field_for
from pusklearn.pu._checks import (
    check_choice,
    check_flag,
    check_integer,
    check_is_estimator,
    check_number,
    check_verbose,
)
from pusklearn.pu.network._initial import resolve_module_of
from pusklearn.pu.network._pu_classifier import PUClassifier


def check_scorer(scorer: Any) -> None:
    """Raise an error for a parameter of a `RegionScorer` that is out of its range."""
    check_is_estimator(scorer.classifier, "classifier")
    check_verbose(scorer.verbose)
    parse_length(scorer.label_radius, "label_radius")
    check_integer(scorer.step, "step")
    check_choice(scorer.turns, "turns", [1, 4, 8])
    if isinstance(scorer.region_size, str):
        parse_length(scorer.region_size, "region_size", "(0, inf)")
    elif scorer.region_size is not None:
        check_integer(scorer.region_size, "region_size")
    check_choice(scorer.outside, "outside", ["raise", "warn"])
    check_choice(scorer.on_error, "on_error", ["raise", "warn"])
    name, count = "particles_per_micrograph", scorer.particles_per_micrograph
    if count is not None:
        check_number(count, name, "(0, inf)", words=["estimate"])
    if count is not None and not isinstance(count, str):
        check_prior_can_be_set(scorer.classifier, name, count)
    check_flag(scorer.calibrate, "calibrate")
    check_flag(scorer.low_rank, "low_rank")
    pos_label = getattr(scorer.classifier, "pos_label", None)
    if pos_label not in (None, 1):
        raise ValueError(
            "Regions of particles are labelled 1, so the classifier's `pos_label` "
            f"must be 1 or None. Got {pos_label!r}."
        )


def find_module(classifier: Any, shape: tuple[int, int] = (1, 1)) -> Any:
    """Return the module of a classifier for regions of a shape, None without one."""
    if isinstance(classifier, PUClassifier):
        return resolve_module_of(classifier, shape)
    return getattr(classifier, "module", None)


def find_region_size(
    classifier: Any, size: int | str | None, micrographs: Sequence[Micrograph]
) -> int:
    """Return the edge of regions: the receptive field, or a size that is greater.

    Parameters
    ----------
    classifier : classifier
        The classifier of regions, not fitted.
    size : int, str or None
        The parameter `region_size` of a `RegionScorer`.
    micrographs : sequence of Micrograph
        The micrographs, by whose pixel sizes a length in angstrom is understood.

    Raises
    ------
    ValueError
        If neither the classifier nor the size tells it.
    """
    if isinstance(size, str):
        size = field_for(size, micrographs)
    field = getattr(find_module(classifier), "receptive_field", None)
    sizes = [size for size in (size, field) if size is not None]
    if not sizes:
        raise ValueError(
            "`region_size` must be given, because the classifier's module tells no "
            f"receptive field. Got the classifier {classifier!r}."
        )
    return check_integer(max(sizes), "region_size")

"""A training that starts from the weights of another classifier."""

from copy import copy
from typing import Any, Self

import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from skorch.callbacks import Callback

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._fading_dropout import FADING
from pusklearn.pu.network._automatic_settings import resolve_module
from pusklearn.pu.network._hold_out import Part

# A good start needs fewer updates than weights that are drawn at random.
SHARE_OF_STEPS = 0.5


class InitialMixin:
    """Mixin for the parameter `initial`, a fitted classifier that is left as it is.

    Clones share it, because it would lose its fit if it was cloned, and its parameters
    are not among those of the estimator. The mixin stands before
    `sklearn.base.BaseEstimator`.
    """

    initial: Any

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, without those inside `initial`."""
        params = super().get_params(deep)  # type: ignore[misc]
        return {key: value for key, value in params.items() if not is_inside(key)}

    def set_params(self, **params: Any) -> Self:
        """Set parameters, none of those inside `initial`.

        Raises
        ------
        ValueError
            If one is inside `initial`, which is left as it is and belongs to every
            clone.
        """
        for name in filter(is_inside, params):
            raise ValueError(
                f"`initial` is left as it is, so {name!r} cannot be set. Give another "
                "classifier as `initial`."
            )
        return super().set_params(**params)  # type: ignore[misc]

    def __sklearn_clone__(self) -> Self:
        bare = copy(self)
        bare.initial = None
        cloned = super(InitialMixin, bare).__sklearn_clone__()  # type: ignore[misc]
        cloned.initial = self.initial
        return cloned


def is_inside(name: str) -> bool:
    """Tell whether a parameter is one of the classifier `initial`."""
    return name.startswith("initial__")


def initial_of(classifier: Any) -> Any:
    """Return the fitted classifier that a training starts from; None if there is none.

    Raises
    ------
    TypeError
        If the parameter `initial` is anything but a `PUClassifier`.
    NotFittedError
        If it is not fitted.
    """
    initial = classifier.initial
    while isinstance(initial, FrozenEstimator):
        initial = initial.estimator
    if initial is None:
        return None
    if not isinstance(initial, InitialMixin):
        raise TypeError(
            f"`initial` must be a fitted PUClassifier or None. Got {initial!r}."
        )
    if not hasattr(initial, "net_"):
        raise NotFittedError(
            f"`initial` must be a fitted PUClassifier. Got {initial!r}, which is not "
            "fitted. A search clones the values of its grid; give "
            "FrozenEstimator(classifier) there, which keeps the fit."
        )
    return initial


def start_of(classifier: Any) -> dict[str, Any] | None:
    """Return the attributes of `initial`, whose weights a training starts from."""
    initial = initial_of(classifier)
    return None if initial is None else vars(initial)


def resolve_module_of(
    classifier: Any, sample_shape: tuple[int, ...], last: dict[str, Any] | None = None
) -> Any:
    """Return the module of a classifier.

    Parameters
    ----------
    classifier : PUClassifier
        The classifier. Its module "auto" is that of the last fit, or of `initial`.
    sample_shape : tuple of int
        The shape of a sample.
    last : dict or None, default=None
        The attributes of the last fit if the training goes on from it.

    Returns
    -------
    specification or callable
        The module, its dropout as it was asked for.
    """
    initial, module = initial_of(classifier), classifier.module
    is_auto = isinstance(module, str) and module == "auto"
    if is_auto and initial is not None:
        module = clone(resolve_module_of(initial, initial.sample_shape_), safe=False)
    own = resolve_module(module, sample_shape)
    start = last or start_of(classifier)
    # The fit may have chosen another network than "auto" stands for.
    if not is_auto or start is None:
        return own
    chosen = start["module_"]
    is_other = architecture(own) != architecture(chosen)
    return clone(chosen, safe=False) if is_other else own


def without_own_start(classifier: Any) -> Any:
    """Return a fitted classifier that does not hold what its own training began with.

    It shares everything else with the classifier that is given. Otherwise trainings
    that follow each other would hold, and save, all networks before them.
    """
    if classifier.initial is None:
        return classifier
    module = resolve_module_of(classifier, classifier.sample_shape_)
    return copy(classifier).set_params(initial=None, module=module)


def check_fits_initial(classifier: Any, module: Any) -> None:
    """Raise a ValueError if a network cannot start from the weights of `initial`.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier that has ``sample_shape_``.
    module : specification or callable
        Its network. What a callable builds is compared when the weights are loaded.
    """
    initial = initial_of(classifier)
    if initial is None:
        return
    is_same_shape = initial.sample_shape_ == classifier.sample_shape_
    if not is_same_shape or architecture(module) != architecture(initial.module_):
        raise ValueError(say_that_they_differ(initial, module, classifier))
    before = getattr(initial, "feature_names_in_", None)
    now = getattr(classifier, "feature_names_in_", None)
    if before is not None and now is not None and list(before) != list(now):
        raise ValueError(
            "`initial` must have learnt from the same columns in the same order, as "
            f"its weights belong to them. It knows {list(before)}. Got {list(now)}."
        )


def architecture(module: Any) -> Any:
    """Return what tells the weights of a specification; None for a callable."""
    if not isinstance(module, Architecture):
        return None
    params = module.get_params().items()
    return type(module), {key: value for key, value in params if "dropout" not in key}


class ReturnToInitial(Callback):
    """Bring the weights nearer to those of `initial` over the last updates.

    A network that has learnt from few labels fits their noise as well. Half of the way
    back, it keeps most of what it has learnt, and makes fewer mistakes than at both
    ends. The last updates, whose learning rate is low, then train it there, and its
    batch norm learns the moments there.

    Parameters
    ----------
    initial : PUClassifier
        The fitted classifier.
    share : float
        The share of the way from its weights that is left at the end, in (0, 1].
    updates : int
        Number of updates of the whole training.

    References
    ----------
    Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv 2109.01903.
    """

    def __init__(self, initial: Any, share: float, updates: int):
        self.initial = initial
        self.share = share
        self.updates = updates

    def on_train_begin(self, net, **kwargs):
        """Start to count."""
        self.done_ = 0

    @torch.no_grad()
    def on_batch_end(self, net, training=False, **kwargs):
        """Move the weights if this is one of the last updates."""
        self.done_ += int(training)
        last = max(1, round(FADING * self.updates))
        if not training or self.done_ <= self.updates - last:
            return
        part = 1 - self.share ** (1 / last)
        start = self.initial.net_.module_.network.parameters()
        for weight, first in zip(net.module_.network.parameters(), start, strict=True):
            weight.lerp_(first.to(weight.device), part)


def start_callbacks(classifier: Any, learnt: Part, updates: int) -> list[Callback]:
    """Return the callbacks of a training that starts from `initial`, if it does so."""
    initial = initial_of(classifier)
    if initial is None:
        return []
    n_labels = learnt.samples.count_labels(learnt.positives)
    share = n_labels / (n_labels + classifier.initial_labels)
    return [ReturnToInitial(initial, share, updates)]


def say_that_they_differ(initial: Any, module: Any, classifier: Any) -> str:
    """Return the message of an error that names both networks."""
    return (
        "`initial` must have the network that is trained, for samples of the same "
        f"shape. Got {initial.module_!r} for {initial.sample_shape_}, and for the "
        f"training {module!r} for {classifier.sample_shape_}."
    )

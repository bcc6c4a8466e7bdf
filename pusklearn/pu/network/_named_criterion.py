"""The parameters of a classifier whose criterion, module and optimizer have some."""

from typing import Any, Self

from pusklearn.pu.criteria._registry import CRITERIA, as_criterion
from pusklearn.pu.network._optimizers import as_optimizer
from pusklearn.pu.network._with_parameters import WithParameters


class NamedCriterionMixin:
    """Mixin that gets and sets parameters inside a criterion given by its name.

    It stands before `sklearn.base.BaseEstimator`, for an estimator with the parameters
    `criterion`, `module` and `optimizer`.
    """

    criterion: Any
    module: Any
    optimizer: Any

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, also those inside a criterion given by name.

        Parameters
        ----------
        deep : bool, default=True
            Whether to add the parameters of the criterion, as ``criterion__slack``,
            and those of the network's specification, as ``module__units``. For a class
            or function they are those that were set. What the
            constructor takes is ``get_params(deep=False)``.

        Returns
        -------
        dict
            Names and values.
        """
        params = super().get_params(deep)  # type: ignore[misc]
        return {**params, **params_of_named(self.criterion)} if deep else params

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those inside a criterion given by name.

        Parameters
        ----------
        **params : dict
            ``criterion__slack`` reaches inside the criterion, ``module__units``
            inside the network's specification or into the class that makes the network,
            and ``optimizer__betas`` into the class of the optimizer.

        Returns
        -------
        PUClassifier
            The classifier itself.

        Raises
        ------
        ValueError
            If a parameter of the network is set and `module` is "auto", or the learning
            rate or the weight decay is set as a parameter of the optimizer.
        TypeError
            If the class has no such parameter.
        """
        module = params.get("module", self.module)
        reaches_inside = any(name.startswith("module__") for name in params)
        if reaches_inside and isinstance(module, str):
            raise ValueError(
                "To set a parameter of the network, give `module` as a specification "
                f"such as ConvNet(31). Got {module!r}."
            )
        params = replace_named(self.criterion, params)
        for name in ("module", "optimizer"):
            params = set_inside_callable(name, getattr(self, name), params)
        return super().set_params(**params)  # type: ignore[misc]


def params_of_named(criterion: Any) -> dict[str, Any]:
    """Return the parameters of the criterion that a name stands for.

    Parameters
    ----------
    criterion : object
        The parameter `criterion` of a classifier.

    Returns
    -------
    dict
        Parameters such as ``criterion__slack``. It is empty for an object, which lists
        its own parameters, and for an unknown name.

    Examples
    --------
    >>> from pusklearn.pu.network._named_criterion import params_of_named
    >>> params_of_named("ge-kl")
    {'criterion__slack': 10.0}
    """
    if not isinstance(criterion, str) or criterion.lower() not in CRITERIA:
        return {}
    params = as_criterion(criterion).get_params()
    return {f"criterion__{name}": value for name, value in params.items()}


def replace_named(criterion: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters to set, with an object if they change the criterion of a name.

    A name stays if the parameters inside are those that it stands for, so that
    ``set_params(**get_params())`` changes nothing.

    Parameters
    ----------
    criterion : object
        The parameter `criterion` as it is before.
    params : dict
        The parameters to set, such as ``criterion__slack`` inside the criterion.

    Returns
    -------
    dict
        The parameters to set.

    Examples
    --------
    >>> from pusklearn.pu.network._named_criterion import replace_named
    >>> replace_named("ge-kl", {"criterion__slack": 3})
    {'criterion': GEKL(slack=3)}
    >>> replace_named("ge-kl", {"criterion__slack": 10.0})
    {}
    """
    criterion = params.get("criterion", criterion)
    inside = {name for name in params if name.startswith("criterion__")}
    if not inside or not isinstance(criterion, str):
        return params
    named = as_criterion(criterion)
    changed = as_criterion(criterion).set_params(
        **{name.removeprefix("criterion__"): params[name] for name in inside}
    )
    others = {name: value for name, value in params.items() if name not in inside}
    # They are compared as text, since a value may be an array, and 1 equals True.
    if str(changed.get_params()) == str(named.get_params()):
        return others
    return {**others, "criterion": changed}


def set_inside_callable(
    name: str, value: Any, params: dict[str, Any]
) -> dict[str, Any]:
    """Return parameters to set, with a class that has got those of its own.

    Parameters
    ----------
    name : {"module", "optimizer"}
        The parameter that a class is given as.
    value : object
        Its value as it is before.
    params : dict
        The parameters to set, such as ``module__hidden`` of the class.

    Returns
    -------
    dict
        The parameters to set.

    Examples
    --------
    >>> from torch import nn
    >>> from pusklearn.pu.network._named_criterion import set_inside_callable
    >>> set_inside_callable("module", nn.Linear, {"module__in_features": 3})
    {'module': Linear(in_features=3)}
    """
    value = params.get(name, value)
    inside = {key for key in params if key.startswith(f"{name}__")}
    has_params = hasattr(value, "get_params") and not isinstance(value, type)
    for own in sorted(inside & {"optimizer__lr", "optimizer__weight_decay"}):
        raise ValueError(
            f"`{own.removeprefix('optimizer__')}` is a parameter of the classifier. "
            f"Got {own}={params[own]!r}."
        )
    if not inside or has_params:
        return params
    if name == "optimizer":
        value = as_optimizer(value)
    own_params = {key.removeprefix(f"{name}__"): params[key] for key in inside}
    others = {key: item for key, item in params.items() if key not in inside}
    return {**others, name: WithParameters(value, **own_params)}

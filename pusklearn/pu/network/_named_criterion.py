"""The parameters of a classifier whose criterion and module may be words."""

from typing import Any, Self

from pusklearn.pu.criteria._registry import CRITERIA, as_criterion


class NamedCriterionMixin:
    """Mixin that gets and sets parameters inside a criterion given by its name.

    It stands before `sklearn.base.BaseEstimator`, for an estimator with the parameters
    `criterion` and `module`.
    """

    criterion: Any
    module: Any

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, also those inside a criterion given by name.

        Parameters
        ----------
        deep : bool, default=True
            Whether to add the parameters of the criterion, as ``criterion__slack``,
            and those of the network's specification, as ``module__units``. What the
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
            inside the network's specification.

        Returns
        -------
        PUClassifier
            The classifier itself.
        """
        module = params.get("module", self.module)
        reaches_inside = any(name.startswith("module__") for name in params)
        if reaches_inside and isinstance(module, str):
            raise ValueError(
                "To set a parameter of the network, give `module` as a specification "
                f"such as ConvNet(31). Got {module!r}."
            )
        return super().set_params(**replace_named(self.criterion, params))  # type: ignore[misc]


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

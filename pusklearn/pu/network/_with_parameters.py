"""A class or function of the user, with some of its parameters."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, Self


class WithParameters:
    """A callable with keyword parameters that can be read and set.

    `PUClassifier.set_params` puts it in the place of a class if one of the class's
    parameters is set, as by ``module__hidden=5``. To scikit-learn it is an estimator:
    it can be cloned, and grids reach inside.

    Parameters
    ----------
    function : callable
        The class or function.
    **parameters : object
        The parameters that it is called with.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.pu.network._with_parameters import WithParameters
    >>> linear = WithParameters(torch.nn.Linear, in_features=3, out_features=1)
    >>> linear
    Linear(in_features=3, out_features=1)
    >>> linear.set_params(bias=False)()
    Linear(in_features=3, out_features=1, bias=False)
    """

    def __init__(self, function: Callable, /, **parameters: Any):
        self.function = function
        self.parameters: dict[str, Any] = {}
        self.set_params(**parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters that were set."""
        return dict(self.parameters)

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters, or raise a TypeError for one that the function has not."""
        for name in parameters:
            check_has_parameter(self.function, name)
        self.parameters.update(parameters)
        return self

    def __call__(self, *arguments: Any, **parameters: Any) -> Any:
        """Call the function with the parameters that were set, and with others."""
        return self.function(*arguments, **{**self.parameters, **parameters})

    def __sklearn_clone__(self) -> "WithParameters":
        return WithParameters(self.function, **self.parameters)

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", repr(self.function))
        inside = ", ".join(f"{k}={v!r}" for k, v in self.parameters.items())
        return f"{name}({inside})"


def check_has_parameter(function: Callable, name: str) -> None:
    """Raise a TypeError if a class or function has no such parameter."""
    try:
        parameters = signature(function).parameters
    except (TypeError, ValueError):  # it tells no arguments
        return
    kinds = {p.kind for p in parameters.values()}
    if name in parameters or Parameter.VAR_KEYWORD in kinds:
        return
    label = getattr(function, "__name__", repr(function))
    raise TypeError(
        f"{label} has no parameter {name!r}. Its parameters are {sorted(parameters)}."
    )

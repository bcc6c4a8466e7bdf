"""The random states inside an estimator."""


def random_state_names(estimator):
    """Return the parameters that are random states, its own and nested, sorted."""
    return sorted(
        name
        for name in estimator.get_params()
        if name.rpartition("__")[2] == "random_state"
    )

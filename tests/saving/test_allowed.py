import inspect
import pkgutil
from importlib import import_module

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import BaseCrossValidator

import pusklearn
from pusklearn import criteria, modules
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.network._training_net import TrainingNet
from pusklearn.saving._allowed import (
    PUSKLEARN,
    SKLEARN_PARTS,
    SKORCH,
    class_of,
    find_class,
    name_of,
)

BASES = (BaseEstimator, BaseCrossValidator)
FACES = {"pusklearn": pusklearn, "criteria": criteria, "modules": modules}
BASES_OF_USERS = {criteria.Criterion, Architecture}
OF_ANOTHER_KIND = {TrainingNet}


@pytest.mark.parametrize("name", sorted([*PUSKLEARN, *SKLEARN_PARTS, *SKORCH]))
def test_every_name_leads_to_its_class_and_back(name):
    cls = class_of(name)
    assert inspect.isclass(cls)
    assert name_of(cls) == name


def test_every_public_estimator_criterion_and_module_is_there():
    public = {
        cls
        for face in FACES.values()
        for cls in (getattr(face, name) for name in face.__all__)
        if inspect.isclass(cls) and issubclass(cls, BASES)
    }
    assert len(public) > 20
    for cls in public - BASES_OF_USERS:
        assert name_of(cls) is not None, cls


def test_the_names_of_public_classes_are_those_that_users_import():
    for name in PUSKLEARN:
        module, _, own = name.rpartition(".")
        if module != "pusklearn.parts":
            assert getattr(import_module(module), own) is class_of(name)


def test_every_estimator_of_the_package_is_there():
    """Also those that no face hands on, but an estimator may hold."""
    for module in pkgutil.walk_packages(pusklearn.__path__, "pusklearn."):
        if ".commands" in module.name or ".topaz" in module.name:
            continue
        for cls in vars(import_module(module.name)).values():
            is_own = inspect.isclass(cls) and cls.__module__ == module.name
            if is_own and issubclass(cls, BASES) and not inspect.isabstract(cls):
                is_base = bool(cls.__subclasses__()) or cls in BASES_OF_USERS
                is_known = name_of(cls) is not None or cls in OF_ANOTHER_KIND
                assert is_base or is_known, cls


def test_names_of_scikit_learn_are_the_public_ones():
    assert name_of(LogisticRegression) == "sklearn.linear_model.LogisticRegression"
    assert class_of("sklearn.linear_model.LogisticRegression") is LogisticRegression


def test_classes_of_others_have_no_name():
    class Own(LogisticRegression):
        pass

    class Criterion(criteria.NNPU):
        __module__ = "pusklearn.pu.criteria._nnpu"

    assert name_of(Own) is None
    assert name_of(Criterion) is None
    assert name_of(dict) is None
    assert find_class("builtins.dict") is None
    with pytest.raises(ValueError, match=r"'builtins\.dict' is not allowed"):
        class_of("builtins.dict")

"""scikit-learn's own checks of estimators whose rows are micrographs.

scikit-learn makes tables for its checks, and runs none that needs data if an estimator
takes no tables. Here micrographs and coordinates take the place of the tables, so that
every check runs that means something for such rows.
"""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import estimator_checks, get_tags

from pusklearn import (
    FourierDownsampler,
    MicrographNormalizer,
    PeakExtractor,
    PUClassifier,
    ReferencePicker,
    RegionScorer,
)
from pusklearn.modules import ConvNet

ESTIMATORS = [
    FourierDownsampler(2),
    FourierDownsampler("auto", diameter=4, spans=(1, 2, 3)),
    MicrographNormalizer(),
    RegionScorer(
        PUClassifier(ConvNet(units=2), max_epochs=1, steps_per_epoch=1, batch_size=4),
        label_radius=1,
    ),
    ReferencePicker(6, n_rotations=2),
    PeakExtractor(3),
]
# Checks of parameters, of tags and of what is not fitted: they need no data.
WITHOUT_DATA = [
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
]
WITH_DATA = [
    "check_dict_unchanged",
    "check_dont_overwrite_parameters",
    "check_estimators_fit_returns_self",
    "check_estimators_overwrite_params",
    "check_estimators_unfitted",
    "check_f_contiguous_array_estimator",
    "check_fit_check_is_fitted",
    "check_fit_score_takes_y",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_requires_y_none",
]
# These compare arrays of one shape, so they know no lists of picks.
WITH_MAPS = ["check_estimators_pickle", "check_methods_sample_order_invariance"]


def name_of(estimator):
    return type(estimator).__name__


every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)


def micrographs_like(estimator, X, kernel=None):
    """As many micrographs as a table has rows, with its type of number."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(min(len(X), 12), 14, 15)).astype(X.dtype)


def coordinates_like(estimator, y):
    """One or two particles of each micrograph, if the estimator learns from them."""
    if not get_tags(estimator).target_tags.required:
        return None if y is None else [[(3, 4)]] * min(len(y), 12)
    return np.array([[(5, 6), (9 - row % 3, 8)] for row in range(min(len(y), 12))])


@pytest.fixture
def data(monkeypatch):
    monkeypatch.setattr(estimator_checks, "_enforce_estimator_tags_X", micrographs_like)
    monkeypatch.setattr(estimator_checks, "_enforce_estimator_tags_y", coordinates_like)


def run(name, estimator):
    getattr(estimator_checks, name)(name_of(estimator), clone(estimator))


@every_estimator
@pytest.mark.parametrize("name", WITHOUT_DATA)
def test_a_check_without_data(estimator, name):
    run(name, estimator)


@every_estimator
@pytest.mark.parametrize("name", WITH_DATA)
def test_a_check_with_micrographs(data, estimator, name):
    run(name, estimator)


@pytest.mark.parametrize("estimator", ESTIMATORS[:3], ids=name_of)
@pytest.mark.parametrize("name", WITH_MAPS)
def test_a_check_that_compares_maps(data, estimator, name):
    run(name, estimator)

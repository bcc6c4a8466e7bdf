import pytest

from pusklearn.criteria import Priors


def test_the_shares_add_up_to_the_population():
    priors = Priors(0.3, labeled=0.12)
    pooled = priors.labeled + (1 - priors.labeled) * priors.unlabeled
    assert pooled == pytest.approx(0.3)


def test_case_control_unlabeled_samples_are_the_population():
    assert Priors(0.3).unlabeled == 0.3

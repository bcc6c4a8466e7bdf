import numpy as np
import pytest

from pusklearn.criteria import Priors
from pusklearn.pu.priors._priors import as_priors


def test_the_shares_add_up_to_the_population():
    priors = Priors(0.3, labeled=0.12)
    pooled = priors.labeled + (1 - priors.labeled) * priors.unlabeled
    assert pooled == pytest.approx(0.3)


def test_case_control_unlabeled_samples_are_the_population():
    assert Priors(0.3).unlabeled == 0.3


def test_a_number_is_the_prior_of_the_case_control_scheme():
    assert as_priors(0.3) == Priors(0.3, 0.0)
    assert as_priors(np.float32(0.25)) == Priors(0.25, 0.0)


@pytest.mark.parametrize("priors", [Priors(0.3), Priors(0.3, 0.1), Priors(0.3, 0.3)])
def test_priors_stay_as_they_are(priors):
    assert as_priors(priors) is priors


@pytest.mark.parametrize(
    "priors",
    [
        0,
        1,
        1.5,
        -0.1,
        Priors(0.0),
        Priors(1.0, 0.5),
        Priors(0.3, -0.1),
        Priors(0.3, 0.4),
    ],
)
def test_shares_that_cannot_be_are_refused(priors):
    with pytest.raises(ValueError, match=r"must be in \(0, 1\).* Got Priors\(popul"):
        as_priors(priors)

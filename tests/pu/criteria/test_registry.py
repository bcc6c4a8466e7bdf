import pytest
import torch

from pusklearn import criteria
from pusklearn.pu.criteria._registry import CRITERIA, as_criterion

CLASSES = {
    "pn": criteria.PN,
    "upu": criteria.UPU,
    "nnpu": criteria.NNPU,
    "ge-kl": criteria.GEKL,
    "ge-binomial": criteria.GEBinomial,
    "abs-pu": criteria.AbsPU,
    "imbalanced-nnpu": criteria.ImbalancedNNPU,
    "vpu": criteria.VPU,
    "mean-prior-vpu": criteria.MeanPriorVPU,
    "dist-pu": criteria.DistPU,
    "count-loss": criteria.CountLoss,
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_name_gives_an_object_with_its_defaults(name):
    for written in (name, name.upper()):
        criterion = as_criterion(written)
        assert type(criterion) is CLASSES[name]
        assert criterion.get_params() == CLASSES[name]().get_params()


def test_every_criterion_has_a_name():
    public = {getattr(criteria, name) for name in criteria.__all__}
    assert set(CRITERIA.values()) == public - {criteria.Criterion, criteria.Priors}


@pytest.mark.parametrize(
    "criterion", [criteria.NNPU(beta=0.1), lambda logits, is_positive, priors: 0.0]
)
def test_an_object_stays_as_it_is(criterion):
    assert as_criterion(criterion) is criterion


@pytest.mark.parametrize("name", ["NNPU", "GEBinomial"])
def test_a_class_is_refused_with_what_to_give_in_its_place(name):
    with pytest.raises(
        TypeError,
        match=rf"`criterion` must be an object, not a class.*give {name}\(\), an obj",
    ):
        as_criterion(getattr(criteria, name))
    with pytest.raises(TypeError, match=r"not a class.* BCEWithLogitsLoss\(\)"):
        as_criterion(torch.nn.BCEWithLogitsLoss)


@pytest.mark.parametrize(
    ("criterion", "error"),
    [("hinge", ValueError), ("nn-pu", ValueError), (None, TypeError), (3, TypeError)],
)
def test_anything_else_lists_the_names(criterion, error):
    with pytest.raises(error, match=r"`criterion` must be one of \['abs-pu', "):
        as_criterion(criterion)

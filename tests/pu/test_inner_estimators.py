import pytest
import sklearn
from sklearn.datasets import make_classification
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import (
    BaggingPUClassifier,
    ElkanNotoClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.metrics import pu_scorer
from pusklearn.modules import MLP
from pusklearn.pu._inner_estimators import (
    estimator_with_prior,
    find_net,
    innermost,
    random_state_names,
    weight_name,
)

SCORING = pu_scorer("average_precision", prior=0.6)


def test_random_states_inside_are_named_too():
    estimator = BaggingPUClassifier(make_pipeline(LogisticRegression()))
    assert random_state_names(estimator) == [
        "estimator__logisticregression__random_state",
        "random_state",
    ]


def test_there_may_be_no_random_state():
    assert random_state_names(KNeighborsClassifier()) == []


def test_the_innermost_estimator_is_reached_through_all_wrappers():
    logistic = LogisticRegression()
    search = GridSearchCV(make_pipeline(logistic), {}, scoring=SCORING)
    assert innermost(logistic) is logistic
    assert innermost(make_pipeline(FrozenEstimator(search))) is logistic
    search.best_estimator_ = make_pipeline(LogisticRegression(C=2))
    assert innermost(search).C == 2


def test_the_prior_and_the_net_of_an_inner_classifier_are_reached():
    X, y = make_classification(60, random_state=0)
    network = PUClassifier(MLP((4,)), prior=0.6, max_epochs=1, random_state=0)
    pipeline = make_pipeline(StandardScaler(), network)
    wrapper = PUThresholdClassifier(pipeline, random_state=0).fit(X, y)
    fitted = wrapper.estimator_[-1]
    assert estimator_with_prior(make_pipeline(wrapper)) is fitted
    assert find_net(FrozenEstimator(wrapper)) is fitted.net_
    assert find_net(make_pipeline(LogisticRegression())) is None


@pytest.mark.parametrize("routing", [False, True])
def test_weights_are_named_as_the_fit_of_an_estimator_names_them(routing):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    in_pipeline = "sample_weight" if routing else "logisticregression__sample_weight"
    with sklearn.config_context(enable_metadata_routing=routing):
        assert weight_name(LogisticRegression()) == "sample_weight"
        assert weight_name(pipeline) == in_pipeline
        assert weight_name(ElkanNotoClassifier(pipeline)) == in_pipeline
        assert weight_name(GridSearchCV(pipeline, {}, scoring=SCORING)) == in_pipeline
        assert weight_name(KNeighborsClassifier()) is None
        assert weight_name(make_pipeline(KNeighborsClassifier())) is None

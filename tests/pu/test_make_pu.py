import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn import TiledRegions
from pusklearn.datasets import make_pu
from pusklearn.pu._make_pu import count_negatives
from pusklearn.pu.priors._class_priors import class_priors, label_frequency

SCHEMES = ("single", "case-control")
each_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def data(n=60, n_positive=20, seed=0):
    """Samples that hold their row number, and their labels in a random order."""
    y = np.random.default_rng(seed).permutation(np.arange(n) < n_positive).astype(int)
    return np.arange(n)[:, None].astype(float), y


def test_one_sample_stays_as_it_is():
    X, y = data()
    X_pu, y_pu, y_true = make_pu(X, y, label_frequency=0.3, random_state=0)
    assert X_pu is X
    np.testing.assert_array_equal(y_true, y)
    assert y_pu.sum() == 6
    assert y_true[y_pu == 1].all()


def test_by_default_half_of_the_positives_are_labelled():
    X, y = data()
    assert make_pu(X, y, random_state=0)[1].sum() == 10


def test_all_positives_of_one_sample_may_be_labelled():
    X, y = data()
    _, y_pu, y_true = make_pu(X, y, label_frequency=1, random_state=0)
    np.testing.assert_array_equal(y_pu, y_true)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n_positive=st.integers(2, 58),
    share=st.floats(0.01, 0.99),
)
def test_case_control_samples_share_no_row_and_keep_the_share(seed, n_positive, share):
    X, y = data(60, n_positive)
    n = max(1, int(share * n_positive))
    X_pu, y_pu, y_true = make_pu(
        X, y, n_labeled=n, scheme="case-control", random_state=seed
    )
    rows = X_pu[:, 0].astype(int)
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(y_true, y[rows])
    assert y_pu.sum() == n
    assert y_true[y_pu == 1].all()
    assert y_true[y_pu == 0].sum() == n_positive - n
    n_negative = (60 - n_positive) * (1 - n / n_positive)
    assert abs((y_true == 0).sum() - n_negative) < 1


@pytest.mark.parametrize(
    ("n_positive", "n_negative", "n"), [(20, 41, 7), (3, 200, 1), (50, 4, 41)]
)
def test_the_expected_share_is_exactly_that_of_the_population(
    n_positive, n_negative, n
):
    class Chance:
        """Stands for a generator, and keeps the threshold it is compared with."""

        def random(self):
            return self

        def __lt__(self, threshold):
            self.up = threshold
            return False

    rng = Chance()
    low = count_negatives(n_positive, n_negative, n, rng)
    left = n_positive - n
    shares = left / (left + low), left / (left + low + 1)
    assert 0 <= rng.up <= 1
    assert (1 - rng.up) * shares[0] + rng.up * shares[1] == pytest.approx(
        n_positive / (n_positive + n_negative), rel=1e-12
    )


def test_over_many_draws_the_unlabeled_have_the_share_of_the_population():
    X, y = data(31, 12)
    draws = [
        make_pu(X, y, n_labeled=5, scheme="case-control", random_state=seed)
        for seed in range(300)
    ]
    share = np.mean([y_true[y_pu == 0].mean() for _, y_pu, y_true in draws])
    assert share == pytest.approx(12 / 31, abs=0.003)


@each_scheme
def test_the_label_frequency_is_the_one_that_classifiers_report(scheme):
    X, y = data(1000, 400)
    _, y_pu, y_true = make_pu(X, y, label_frequency=0.2, scheme=scheme, random_state=0)
    priors = class_priors(y_pu.sum(), len(y_pu), 0.4, scheme)
    assert label_frequency(priors, y_pu.sum(), len(y_pu)) == pytest.approx(0.2)
    assert y_true[y_pu == 0].mean() == pytest.approx(priors.unlabeled)


@each_scheme
def test_every_positive_is_as_likely_to_be_labelled(scheme):
    X, y = data(20, 8)
    counts = np.zeros(20)
    for seed in range(400):
        X_pu, y_pu, _ = make_pu(X, y, n_labeled=2, scheme=scheme, random_state=seed)
        counts[X_pu[y_pu == 1, 0].astype(int)] += 1
    assert counts[y == 0].sum() == 0
    # 100 expected, with a standard deviation of 9.
    assert abs(counts[y == 1] - 100).max() < 40


@each_scheme
def test_the_same_seed_gives_the_same_rows(scheme):
    X, y = data()
    first, second, other = (
        make_pu(X, y, scheme=scheme, random_state=seed) for seed in (3, 3, 4)
    )
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    labeled = first[0][first[1] == 1], other[0][other[1] == 1]
    assert not np.array_equal(*labeled)


def test_the_global_random_state_is_left_alone():
    X, y = data()
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_pu(X, y)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(
    "convert",
    [
        lambda X: X.reshape(-1, 1, 1, 1),
        lambda X: pd.DataFrame(X, columns=["row"]),
        scipy.sparse.csr_array,
        scipy.sparse.coo_matrix,
        lambda X: [str(int(row)) for row in X[:, 0]],
        lambda X: TiledRegions([X.reshape(6, 10)], 1),
    ],
    ids=["4-D", "DataFrame", "csr", "coo", "list of str", "TiledRegions"],
)
def test_any_samples_with_rows_will_do(convert):
    X, y = data()
    expected, y_pu, _ = make_pu(X, y, scheme="case-control", random_state=0)
    X_pu, y_same, _ = make_pu(convert(X), y, scheme="case-control", random_state=0)
    np.testing.assert_array_equal(y_same, y_pu)
    if scipy.sparse.issparse(X_pu):
        X_pu = X_pu.toarray()
    values = np.asarray(X_pu).astype(float).reshape(-1, 1)
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("labels", [(-1, 1), (False, True), ("benign", "malignant")])
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
def test_the_greater_of_two_labels_is_the_positive(labels):
    X, y = data()
    expected = make_pu(X, y, random_state=0)
    _, y_pu, y_true = make_pu(X, np.array(labels)[y].tolist(), random_state=0)
    np.testing.assert_array_equal(y_pu, expected[1])
    np.testing.assert_array_equal(y_true, y)
    assert y_pu.dtype == y_true.dtype == np.int64


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.arange(60) % 3, r"`y` must hold 2 true labels. Got 3: \[0, 1, 2\]"),
        (np.ones(60, int), r"`y` must hold 2 true labels. Got 1: \[1\]"),
        (np.linspace(0, 1, 60), "Unknown label type"),
        (np.arange(50) % 2, "inconsistent numbers of samples"),
        (np.where(np.arange(60) % 2, 1, np.nan), "contains NaN"),
    ],
)
def test_other_than_two_labels_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        make_pu(data()[0], y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"label_frequency": 0.5, "n_labeled": 3}, "Only one of .* Got 0.5 and 3"),
        ({"label_frequency": 0}, r"number in \(0, 1\]. Got 0"),
        ({"label_frequency": 1.01}, r"number in \(0, 1\]. Got 1.01"),
        ({"label_frequency": float("nan")}, r"number in \(0, 1\]. Got nan"),
        ({"label_frequency": 0.01}, "Got 0, from `label_frequency` = 0.01"),
        ({"n_labeled": 0}, r"`n_labeled` must be .* \[1, inf\). Got 0"),
        ({"n_labeled": 21}, "From 1 to 20 of the 20 .* Got 21, from `n_labeled` = 21"),
        ({"n_labeled": 20, "scheme": "case-control"}, "From 1 to 19 of the 20"),
        ({"scheme": "one-sample"}, "`scheme` must be 'single' or .* Got 'one-sample'"),
    ],
)
def test_a_parameter_out_of_its_range_is_named(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_pu(*data(), **parameters)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_labeled": 2.5}, r"`n_labeled` must be an integer .* Got 2\.5"),
        ({"label_frequency": "half"}, r"number in \(0, 1\]\. Got 'half'"),
        ({"label_frequency": True}, r"number in \(0, 1\]\. Got True"),
    ],
)
def test_a_parameter_of_another_type_is_named(parameters, message):
    with pytest.raises(TypeError, match=message):
        make_pu(*data(), **parameters)


def test_each_positive_is_labelled_with_its_propensity():
    X, y = data(40, 20)
    propensity = np.linspace(0, 1, 40)
    counts = np.zeros(40)
    for seed in range(400):
        X_pu, y_pu, y_true = make_pu(X, y, propensity=propensity, random_state=seed)
        counts += y_pu
    assert X_pu is X
    np.testing.assert_array_equal(y_true, y)
    # The standard deviation of a count is at most 10.
    assert abs(counts - 400 * propensity * y).max() < 40


def test_the_same_seed_labels_the_same_positives():
    X, y = data()
    draws = [
        make_pu(X, y, propensity=np.full(60, 0.4), random_state=seed)[1]
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()


def test_a_propensity_of_one_labels_every_positive():
    X, y = data()
    np.testing.assert_array_equal(make_pu(X, y, propensity=np.ones(60))[1], y)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"label_frequency": 0.3}, r"`propensity` says .* Got 0\.3 and None"),
        ({"n_labeled": 3}, r"`propensity` says .* Got None and 3"),
        ({"scheme": "case-control"}, "`propensity` is for the single scheme"),
        ({"propensity": np.ones(59)}, r"one probability for each of the 60.*\(59,\)"),
        ({"propensity": np.full(60, 1.5)}, r"in \[0, 1\]. Got 1.5 for sample 0"),
        ({"propensity": np.full(60, np.nan)}, "Got nan for sample 0"),
        ({"propensity": np.zeros(60)}, "No positive was labelled.*20 .* to 0 expected"),
    ],
)
def test_propensities_that_cannot_be_are_refused(settings, message):
    X, y = data()
    with pytest.raises(ValueError, match=message):
        make_pu(X, y, **({"propensity": np.ones(60)} | settings))

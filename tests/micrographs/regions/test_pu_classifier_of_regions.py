import pickle
import shutil

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score

from pusklearn import Micrograph, PUClassifier, TiledRegions
from pusklearn.datasets import make_micrographs
from pusklearn.modules import MLP, ConvNet

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}


@pytest.fixture(scope="module")
def regions():
    rng = np.random.default_rng(0)
    return TiledRegions([rng.normal(size=(40, 37)), rng.normal(size=(33, 35))], 31)


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("size", [31, 40])
def test_dense_scores_are_those_region_by_region(regions, batch_norm, size):
    regions = TiledRegions(regions.micrographs, size)
    y = np.arange(len(regions)) % 50 == 0
    module = ConvNet(units=4, batch_norm=batch_norm, dropout=0.3)
    classifier = PUClassifier(module, **QUICK).fit(regions, y)
    rows = np.r_[:40, 700:720, len(regions) - 40 : len(regions)]
    dense = classifier.decision_function(regions)
    one_by_one = classifier.decision_function(np.asarray(regions[rows]))
    np.testing.assert_allclose(dense[rows], one_by_one, atol=1e-5)
    np.testing.assert_allclose(classifier.decision_function(regions[rows]), dense[rows])


def test_regions_smaller_than_the_network_sees_are_scored_one_by_one(regions):
    small = TiledRegions(regions.micrographs, 20)[:200]
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(small, np.arange(200) < 50)
    np.testing.assert_allclose(
        classifier.decision_function(small),
        classifier.decision_function(np.asarray(small)),
        atol=1e-6,
    )


def test_regions_and_their_copies_train_alike(regions):
    some = regions[::7]
    y = np.arange(len(some)) % 5 == 0
    classifier = PUClassifier(
        ConvNet(units=2, input_dropout=0.2), augment=False, **QUICK
    )
    lazy = classifier.fit(some, y).decision_function(some)
    copied = classifier.fit(np.asarray(some), y).decision_function(some)
    np.testing.assert_allclose(lazy, copied, atol=1e-5)


def test_a_score_map_is_exact_at_every_step_and_follows_the_labels(regions):
    labels = np.array(["particle", "unknown"])[
        (np.arange(len(regions)) < 80).astype(int)
    ]
    classifier = PUClassifier(
        ConvNet(units=2), pos_label="particle", precision="float32", **QUICK
    ).fit(regions, labels)
    exact = regions.maps(classifier.decision_function(regions))
    for micrograph, expected in zip(regions.micrographs, exact, strict=True):
        np.testing.assert_allclose(
            classifier.score_map(micrograph, step=1), expected, atol=1e-5
        )
        scores = classifier.score_map(micrograph, step=4)
        np.testing.assert_allclose(scores[::4, ::4], expected[::4, ::4], atol=1e-5)


def test_only_a_convolutional_network_scores_a_micrograph_at_once(images):
    classifier = PUClassifier(MLP((3,)), **QUICK).fit(*images(3))
    with pytest.raises(ValueError, match=r"score a micrograph at once. Got MLP"):
        classifier.score_map(np.zeros((20, 20)))


def test_a_micrograph_to_score_must_be_finite(regions):
    labels = np.arange(len(regions)) < 80
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(regions, labels)
    with pytest.raises(ValueError, match="micrograph contains infinity"):
        classifier.score_map(
            np.where(np.arange(1600) == 125, np.inf, 0).reshape(40, 40)
        )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="no compiler is at hand")
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
# The compiler looks at every tensor, and warns of what it sees.
@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")
def test_a_compiled_training_is_saved_as_any_other(regions):
    labels = np.arange(len(regions)) < 80
    classifier = PUClassifier(ConvNet(units=2), compile=True, **QUICK)
    scores = classifier.fit(regions, labels).decision_function(regions)
    loaded = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(loaded.decision_function(regions), scores)
    assert type(loaded.net_.module_).__name__ == "TrainedNetwork"


def test_regions_are_cross_validated_by_micrograph(regions):
    y = np.arange(len(regions)) % 50 == 0
    scores = cross_val_score(
        PUClassifier(ConvNet(units=2), **QUICK),
        regions,
        y,
        cv=GroupKFold(2).split(regions, y, regions.groups),
        scoring="average_precision",
    )
    assert np.isfinite(scores).all()


def test_a_fit_on_regions_forgets_the_features_of_an_array(images, regions):
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(*images(3))
    some = regions[:60]
    classifier.fit(some, np.arange(60) < 20)
    assert classifier.predict(np.asarray(some[:3])).shape == (3,)


@pytest.mark.filterwarnings("ignore:The share of positives was estimated from only")
@pytest.mark.parametrize("prior", [None, 0.1, "estimate"])
@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
def test_sparse_labels_of_regions_train_the_same_network(prior):
    rng = np.random.default_rng(0)
    regions = TiledRegions(rng.normal(size=(2, 50, 40)).astype(np.float32), 31)
    points = [[(10, 12), (30, 33)], [(20, 20)]]
    classifier = PUClassifier(
        ConvNet(units=2), prior=prior, reconstruction_weight="auto", **QUICK
    )
    dense = clone(classifier).fit(regions, regions.labels(points, 2))
    labels = regions.labels(points, 2, sparse_output=True)
    sparse = clone(classifier).fit(regions, labels)
    assert sparse.classes_.tolist() == [0, 1]
    for name in ("pos_label_", "prior_", "label_frequency_", "reconstruction_weight_"):
        assert getattr(sparse, name) == getattr(dense, name)
    np.testing.assert_array_equal(
        sparse.decision_function(regions), dense.decision_function(regions)
    )


@pytest.mark.parametrize("is_view", [False, True])
def test_a_bar_counts_the_micrographs_that_are_scored(capsys, is_view):
    micrographs, particles = make_micrographs(2, size=48, random_state=0)
    regions = TiledRegions(micrographs, 31)
    classifier = PUClassifier(
        ConvNet(31, units=2), max_epochs=1, steps_per_epoch=2, verbose=1
    ).fit(regions, regions.labels(particles, 2))
    capsys.readouterr()
    classifier.decision_function(regions[::2] if is_view else regions)
    bar = capsys.readouterr().err
    assert "scoring micrographs: 100%" in bar
    assert "2/2" in bar


@pytest.mark.parametrize("number", [0, 1])
def test_a_part_whose_unlabeled_regions_are_all_missing_is_refused(regions, number):
    micrographs, particles = list(regions.micrographs), [[(9, 9)], [(20, 12)]]
    labels = TiledRegions(micrographs, 31).labels(particles, 3)
    images = regions.maps(labels)
    micrographs[number] = Micrograph(micrographs[number], mask=images[number] == 0)
    masked = TiledRegions(micrographs, 31)
    classifier = PUClassifier(ConvNet(units=2), validation_fraction=0.5, **QUICK)
    with pytest.raises(ValueError, match="29 labelled positives among 29 samples"):
        classifier.fit(masked, labels)


@pytest.mark.parametrize(
    ("n", "lr", "batch_size"), [(79, 3e-3, 256), (100, 0.01, 128), (301, 3e-3, 256)]
)
def test_what_is_left_open_follows_from_the_number_of_particles(n, lr, batch_size):
    micrograph = np.random.default_rng(0).normal(size=(80, 80))
    regions = TiledRegions([micrograph], 31)
    y = np.zeros((80, 80), int)
    y[1::4, 1::4].flat[:n] = 1  # none of them touch
    options = {"max_epochs": 1, "steps_per_epoch": 2, "random_state": 0}
    module = ConvNet(units=2)
    left_open = PUClassifier(module, lr="auto", batch_size="auto", **options)
    told = PUClassifier(module, lr=lr, batch_size=batch_size, **options)
    logits = [
        classifier.fit(regions, y.ravel()).decision_function(regions)
        for classifier in (left_open, told)
    ]
    # With 100 particles, the rate rises sooner, and the first kernels begin smooth.
    assert np.array_equal(*logits) == (n != 100)
    assert (left_open.net_.lr, left_open.net_.batch_size) == (lr, batch_size)
    assert (left_open.lr, left_open.batch_size) == ("auto", "auto")

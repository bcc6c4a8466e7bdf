import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn import TiledRegions
from pusklearn.pu._missing_rows import runs_of
from pusklearn.pu._samples import as_samples
from pusklearn.pu.network._batches import PUBatches, draw_evenly


def batches_of(n, positives, batch_size, n_positive, seed=0, n_batches=3, missing=None):
    """Batches of samples that are their own row numbers."""
    samples = as_samples(np.arange(n)[:, None]).on(torch.device("cpu"))
    return PUBatches(
        samples,
        batch_size,
        positives=np.asarray(positives),
        n_positive=n_positive,
        n_batches=n_batches,
        augment=False,
        seed=seed,
        missing=missing,
    )


@settings(max_examples=25, deadline=None)
@given(data=st.data(), n=st.integers(4, 60))
def test_each_batch_holds_the_positives_asked_for_and_unlabeled_ones(data, n):
    positives = sorted(
        data.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=n - 1))
    )
    n_unlabeled = data.draw(st.integers(1, n - len(positives)))
    for rows, is_positive in batches_of(n, positives, 3 + n_unlabeled, 3):
        rows = rows[:, 0].int().numpy()
        assert is_positive.sum() == 3
        assert set(rows[is_positive]) <= set(positives)
        unlabeled = rows[~is_positive]
        assert not set(unlabeled) & set(positives)
        assert len(set(unlabeled)) == len(unlabeled) == n_unlabeled


def test_every_unlabeled_sample_is_drawn_alike():
    positives = [0, 3, 4, 9]
    counts = np.zeros(12)
    for rows, _ in batches_of(12, positives, 5, 1, n_batches=6000):
        counts[rows[:, 0].int().numpy()] += 1
    unlabeled = np.delete(counts, positives)
    np.testing.assert_allclose(unlabeled, 3000, rtol=0.06)
    np.testing.assert_allclose(counts[positives], 1500, rtol=0.1)


@pytest.mark.parametrize(("lazy", "n_turns"), [(True, 16), (False, 8)])
def test_regions_have_sixteen_turns_and_images_eight_each_as_often(lazy, n_turns):
    image = np.random.default_rng(0).normal(size=(9, 9))
    X = TiledRegions([image], 5)[[40] * 16]
    samples = as_samples(X if lazy else np.asarray(X)).on(torch.device("cpu"))
    batches = PUBatches(
        samples,
        16,
        positives=np.arange(4),
        n_positive=4,
        n_batches=400,
        augment=True,
        seed=0,
    )
    images = np.concatenate([batch.flatten(1).numpy() for batch, _ in batches])
    _, counts = np.unique(images, axis=0, return_counts=True)
    assert len(counts) == n_turns
    np.testing.assert_allclose(counts, 6400 / n_turns, rtol=0.2)


@pytest.mark.parametrize("augment", ["shift", "shift-mirror"])
def test_images_are_shifted_and_half_of_them_mirrored_if_asked(augment):
    X = np.arange(2 * 3 * 15 * 14, dtype=np.float32).reshape(2, 3, 15, 14)
    batches = PUBatches(
        as_samples(X).on(torch.device("cpu")),
        8,
        positives=np.arange(1),
        n_positive=4,
        n_batches=900,
        augment=augment,
        seed=0,
    )
    images = np.concatenate([batch.flatten(1).numpy() for batch, _ in batches])
    found, counts = np.unique(images, axis=0, return_counts=True)
    sides = [X, X[..., ::-1]] if augment == "shift-mirror" else [X]
    around = [np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)], mode="edge") for x in sides]
    expected = {
        image[:, top : top + 15, left : left + 14].tobytes()
        for image in np.concatenate(around)
        for top in range(3)
        for left in range(3)
    }
    assert {image.tobytes() for image in found} == expected
    np.testing.assert_allclose(counts, 7200 / len(expected), rtol=0.3)


def test_a_seed_gives_the_same_batches_and_goes_on_from_epoch_to_epoch():
    first, second = (batches_of(50, [1, 2], 10, 2, seed=5) for _ in range(2))
    epochs = [[rows for rows, _ in first] for _ in range(2)]
    for rows, (again, _) in zip(epochs[0], second, strict=True):
        torch.testing.assert_close(rows, again)
    assert not torch.equal(epochs[0][0], epochs[1][0])


@pytest.mark.parametrize(("n", "size"), [(5, 3), (5, 5), (5, 13), (1, 4)])
def test_a_draw_is_as_even_as_can_be(n, size):
    counts = np.bincount(draw_evenly(np.random.default_rng(0), n, size), minlength=n)
    assert counts.sum() == size
    assert counts.max() - counts.min() <= 1


def test_a_draw_of_a_few_of_many_makes_no_list_of_them():
    tracemalloc.start()
    few = draw_evenly(np.random.default_rng(0), 10**7, 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(set(few)) == 5
    assert peak < 10**6


@settings(max_examples=25, deadline=None)
@given(data=st.data(), n=st.integers(4, 60))
def test_missing_samples_are_never_drawn_and_the_others_as_if_they_were_alone(data, n):
    kinds = data.draw(
        st.lists(st.sampled_from("pum"), min_size=n, max_size=n).filter(
            lambda kinds: {"p", "u"} <= set(kinds)
        )
    )
    kinds = np.array(kinds)
    there = np.flatnonzero(kinds != "m")
    n_unlabeled = data.draw(st.integers(1, 2 * n))
    settings = {"batch_size": 3 + n_unlabeled, "n_positive": 3}
    batches = batches_of(
        n, np.flatnonzero(kinds == "p"), missing=runs_of(kinds == "m"), **settings
    )
    alone = batches_of(len(there), np.flatnonzero(kinds[there] == "p"), **settings)
    for (rows, _), (expected, _) in zip(batches, alone, strict=True):
        drawn = rows[:, 0].int().numpy()
        np.testing.assert_array_equal(drawn, there[expected[:, 0].int().numpy()])
        assert set(kinds[drawn[:3]]) == {"p"}
        assert set(kinds[drawn[3:]]) == {"u"}


@settings(max_examples=25, deadline=None)
@given(data=st.data(), n=st.integers(6, 60))
def test_each_batch_holds_the_known_negatives_asked_for(data, n):
    kind = np.array(
        data.draw(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=n, max_size=n))
    )
    kind[:3] = 0, 1, 2
    unlabeled, positives, negatives, missing = (
        np.flatnonzero(kind == value) for value in range(4)
    )
    n_negative = data.draw(st.integers(0, 2 * len(negatives)))
    batches = PUBatches(
        as_samples(np.arange(n)[:, None]).on(torch.device("cpu")),
        2 + n_negative + len(unlabeled),
        positives=positives,
        n_positive=2,
        n_batches=2,
        augment=False,
        seed=0,
        missing=runs_of(kind == 3),
        negatives=negatives,
        n_negative=n_negative,
    )
    for rows, target in batches:
        rows = rows[:, 0].int().numpy()
        assert set(target) == {"is_positive", "is_negative"}
        is_positive, is_negative = target.values()
        assert set(rows[is_positive]) <= set(positives)
        assert is_positive.sum() == 2
        counts = np.bincount(rows[is_negative], minlength=n)
        assert is_negative.sum() == n_negative == counts[negatives].sum()
        assert np.ptp(counts[negatives]) <= 1
        assert sorted(rows[~is_positive & ~is_negative]) == unlabeled.tolist()
        assert not set(rows) & set(missing)


def test_weights_come_with_known_negatives():
    batches = PUBatches(
        as_samples(np.arange(6)[:, None]).on(torch.device("cpu")),
        5,
        positives=np.array([0]),
        n_positive=1,
        n_batches=1,
        augment=False,
        seed=0,
        weights=np.arange(6) / 2,
        negatives=np.array([3]),
        n_negative=1,
    )
    ((rows, target),) = batches
    assert list(target) == ["is_positive", "is_negative", "sample_weight"]
    np.testing.assert_array_equal(target["sample_weight"], rows[:, 0] / 2)

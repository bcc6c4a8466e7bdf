import pickle
from copy import copy

import numpy as np
import pytest
from scipy.ndimage import rotate
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from pusklearn import FourierDownsampler, Micrograph, PeakExtractor, ReferencePicker
from pusklearn.datasets import make_micrographs
from pusklearn.io import coordinates_for, read_coordinates, read_micrographs
from pusklearn.metrics import picking_average_precision
from pusklearn.micrographs.references import _reference_images as private


@pytest.fixture(scope="module")
def scene():
    """Micrographs, a few labels of the first two, and all particles."""
    micrographs, coordinates = make_micrographs(3, particle="thin", random_state=0)
    return micrographs, [points[:8] for points in coordinates[:2]], coordinates


@pytest.fixture(scope="module")
def fitted(scene):
    micrographs, labels, _ = scene
    picker = ReferencePicker(24, n_rotations=8, random_state=0)
    return picker.fit(micrographs[:2], labels)


def noisy(shape=(90, 100), seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_few_labels_find_the_particles_of_another_micrograph(scene, fitted):
    micrographs, _, coordinates = scene
    assert fitted.score(micrographs[2:], coordinates[2:]) > 0.9


def test_picks_are_the_peaks_of_the_score_maps(scene, fitted):
    micrographs, _, coordinates = scene
    maps = fitted.transform(micrographs)
    extractor = PeakExtractor(0.4 * 24, smoothing=0.04 * 24, match_radius=0.375 * 24)
    picks = extractor.fit(maps).predict(maps)
    for ours, expected in zip(fitted.predict(micrographs), picks, strict=True):
        np.testing.assert_array_equal(ours, expected)
    assert fitted.score(micrographs, coordinates) == extractor.score(maps, coordinates)
    for micrograph, scores in zip(micrographs, maps, strict=True):
        assert scores.shape == micrograph.shape
        assert scores.dtype == np.float32
        assert (scores.name, scores.scale) == (micrograph.name, micrograph.scale)


@pytest.mark.parametrize(("y", "x"), [(30, 40), (0, 0), (45, 59)])
def test_scores_follow_the_formula_of_the_likelihood_ratio(y, x):
    rng = np.random.default_rng(1)
    image, mask = noisy((46, 60)), private.disc_mask(4.3)
    references = np.where(mask, rng.normal(size=(2, 11, 11)), 0)
    weights = np.array([0.3, 0.7])
    scores = private.match_references(image, references, weights, mask, 3)
    around = np.pad(image.astype(float), 5)[y : y + 11, x : x + 11]
    crop = around[mask]
    crop = (crop - crop.mean()) / crop.std()
    ratio = 0
    for angle in (0, 120, 240):
        for reference, weight in zip(references, weights, strict=True):
            t = rotate(reference, angle, (0, 1), False, order=1, mode="nearest")[mask]
            t = t - t.mean()
            ratio += weight / 3 * np.exp(crop @ t - t @ t / 2)
    assert scores[y, x] == pytest.approx(np.log(ratio), abs=1e-3)


def test_scores_do_not_depend_on_the_grey_values_of_a_micrograph(scene, fitted):
    micrographs = scene[0][:1]
    brighter = [2.5 * m + 70 for m in micrographs]
    (scores,), (others,) = fitted.transform(micrographs), fitted.transform(brighter)
    np.testing.assert_allclose(others, scores, atol=2e-2)


def test_one_rotation_and_one_reference_average_the_crops_as_they_lie():
    rng = np.random.default_rng(2)
    mask = private.disc_mask(5)
    crops = rng.normal(size=(7, *mask.shape)).astype(np.float32)
    images, weights = private.average_aligned(crops, mask, 1, 1, 0, rng)
    expected = crops.mean(0)[mask]
    np.testing.assert_allclose(images[0][mask], expected - expected.mean(), atol=1e-6)
    assert (images[0][~mask] == 0).all()
    assert weights == [1.0]


def test_alignment_recovers_a_bar_from_turned_copies():
    mask = private.disc_mask(12)
    bar = np.zeros(mask.shape, np.float32)
    bar[11:14, 3:22] = 2
    rng = np.random.default_rng(3)
    crops = np.stack([private.turn(bar[None], 15 * k)[0] for k in range(12)])
    crops = crops + rng.normal(0, 0.5, crops.shape).astype(np.float32)
    (image,), _ = private.average_aligned(crops, mask, 1, 24, 0, rng)

    def likeness(other):
        turned = [private.turn(other[None], 15 * k)[0][mask] for k in range(24)]
        return max(np.corrcoef(bar[mask], t)[0, 1] for t in turned)

    assert likeness(image) > 0.9
    assert likeness(crops.mean(0)) < 0.7


def test_two_references_part_two_kinds_of_particle():
    mask = private.disc_mask(8)
    spot, hole, rim = (np.pad(private.disc_mask(r), 8 - r) for r in (3, 5, 7))
    kinds = np.stack([spot, rim & ~hole]).astype(np.float32)
    rng = np.random.default_rng(4)
    crops = np.repeat(3 * kinds, [10, 30], 0)
    crops = crops + rng.normal(0, 1, crops.shape).astype(np.float32)
    images, weights = private.average_aligned(crops, mask, 2, 1, 0, rng)
    np.testing.assert_allclose(np.sort(weights), [0.25, 0.75], atol=1e-3)
    for kind, image in zip(kinds, images[np.argsort(weights)], strict=True):
        assert np.corrcoef(kind[mask], image[mask])[0, 1] > 0.9


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (40, 41)])
def test_small_and_constant_micrographs_have_finite_scores(fitted, shape):
    rows = [np.full(shape, 7.0), noisy(shape)]
    for row, scores in zip(rows, fitted.transform(rows), strict=True):
        assert scores.shape == row.shape
        assert np.isfinite(scores).all()


def test_coordinates_are_in_original_pixels_whatever_the_scale(scene):
    micrographs, labels, coordinates = scene
    picker = ReferencePicker(24, n_rotations=8, random_state=0)
    chain = make_pipeline(FourierDownsampler(1.5), picker)
    chain.fit(micrographs[:2], labels)
    assert chain[-1].scale_ == 1.5
    assert chain.score(micrographs[2:], coordinates[2:]) > 0.9


def test_it_takes_the_place_of_a_scorer_in_a_pipeline(scene, fitted):
    micrographs, labels, _ = scene
    chain = make_pipeline(clone(fitted), PeakExtractor(9.6, smoothing=0.96))
    picks = chain.fit(micrographs[:2], labels).predict(micrographs[2:])
    np.testing.assert_array_equal(picks[0], fitted.predict(micrographs[2:])[0])


def test_the_maps_of_the_fit_are_those_of_transform(scene, fitted):
    micrographs, labels, _ = scene
    expected = fitted.transform(micrographs[:1])[0]
    maps = clone(fitted).fit_transform(micrographs[:2], labels)
    np.testing.assert_array_equal(maps[0], expected)


@pytest.mark.parametrize("rule", ["prior", "recall:0.5", "fdr:0.3", 1.5])
def test_every_threshold_may_be_set_after_the_fit(scene, fitted, rule):
    micrographs, labels, _ = scene
    later = pickle.loads(pickle.dumps(fitted))
    later.set_params(threshold=rule, particles_per_micrograph=10)
    picks = later.predict(micrographs)
    picker = clone(later).fit(micrographs[:2], labels)
    for ours, expected in zip(picks, picker.predict(micrographs), strict=True):
        np.testing.assert_array_equal(ours, expected)
    assert later.extractor_.threshold is None
    assert sum(map(len, picks)) < len(fitted.extractor_.peak_scores_)


def test_a_threshold_without_a_number_that_it_needs_is_refused(scene, fitted):
    later = copy(fitted).set_params(threshold="prior")
    with pytest.raises(ValueError, match="needs `particles_per_micrograph`"):
        later.predict(scene[0][:1])


def test_a_threshold_limits_the_picks_but_not_the_score(scene, fitted):
    micrographs, labels, coordinates = scene
    picker = clone(fitted).set_params(threshold="prior", particles_per_micrograph=10)
    picker.fit(micrographs[:2], labels)
    assert sum(map(len, picker.predict(micrographs[:2]))) == 20
    assert picker.score(micrographs, coordinates) == fitted.score(
        micrographs, coordinates
    )


def test_too_many_labels_for_the_memory_are_sampled(scene, fitted, monkeypatch):
    micrographs, labels, coordinates = scene
    n_pixels = private.disc_mask(0.6 * 24).sum()
    monkeypatch.setattr(private, "MOST_PIXELS", 8 * 10 * n_pixels)
    picker = clone(fitted).fit(micrographs[:2], labels)
    assert not np.array_equal(picker.references_, fitted.references_)
    assert picker.score(micrographs[2:], coordinates[2:]) > 0.8


def test_the_same_seed_gives_the_same_references(scene, fitted):
    micrographs, labels, _ = scene
    again = clone(fitted).fit(micrographs[:2], labels)
    np.testing.assert_array_equal(again.references_, fitted.references_)
    restored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(
        restored.predict(micrographs)[2], fitted.predict(micrographs)[2]
    )


def test_the_micrographs_are_left_as_they_were(scene, fitted):
    micrographs, labels, _ = scene
    rows = [m.copy() for m in micrographs[:2]]
    for row in rows:
        row.setflags(write=False)
    clone(fitted).fit(rows, labels).predict(rows)
    np.testing.assert_array_equal(rows[0], micrographs[0])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"diameter": np.nan}, r"`diameter` must be a number in \(0, inf\). Got nan"),
        (
            {"particles_per_micrograph": 0},
            "`particles_per_micrograph` must be a number",
        ),
        ({"diameter": 0}, r"`diameter` must be a number in \(0, inf\)"),
        ({"n_references": 0}, r"`n_references` must be an integer in \[1, inf\)"),
        ({"n_rotations": 0}, r"`n_rotations` must be an integer in \[1, inf\)"),
        ({"threshold": "prior"}, "particles_per_micrograph"),
    ],
)
def test_parameters_out_of_range_are_refused(scene, parameters, message):
    micrographs, labels, _ = scene
    picker = ReferencePicker(24, n_rotations=2).set_params(**parameters)
    with pytest.raises(ValueError, match=message):
        picker.fit(micrographs[:2], labels)


@pytest.mark.parametrize(
    "parameters",
    [
        {"diameter": True},
        {"diameter": "24"},
        {"n_references": 1.5},
        {"n_rotations": True},
        {"whiten": "no"},
        {"particles_per_micrograph": "many"},
    ],
)
def test_a_parameter_of_another_type_is_named(scene, parameters):
    micrographs, labels, _ = scene
    ((name, value),) = parameters.items()
    picker = ReferencePicker(24, n_rotations=2).set_params(**parameters)
    with pytest.raises(TypeError, match=rf"`{name}` must be .* Got {value!r}"):
        picker.fit(micrographs[:2], labels)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[], []], "At least 1 particle must be labelled"),
        ([[(5, 300)], []], "must lie inside their micrograph"),
        ([[(5, 30)]], "one array per micrograph"),
        (None, "one array per micrograph"),
    ],
)
def test_labels_that_do_not_fit_are_refused(scene, labels, message):
    with pytest.raises(ValueError, match=message):
        ReferencePicker(24).fit(scene[0][:2], labels)


def test_another_scale_is_refused(scene, fitted):
    micrographs, labels, _ = scene
    coarse = Micrograph(micrographs[0], name="coarse", scale=2.0)
    with pytest.raises(ValueError, match="coarse has scale 2, the first one fitted 1"):
        fitted.predict([coarse])
    with pytest.raises(ValueError, match="must have one scale"):
        clone(fitted).fit([micrographs[0], coarse], labels)


def masked_right(micrograph, fill):
    """A micrograph with its right half masked, and pixels that hold anything there."""
    image = micrograph.copy()
    image[:, 128:] = fill
    mask = np.zeros(image.shape, bool)
    mask[:, 128:] = True
    return Micrograph(image, mask=mask)


@pytest.mark.parametrize("fill", [0, np.nan, 1e4])
def test_missing_pixels_are_not_picked_and_the_others_as_before(scene, fitted, fill):
    micrograph, particles = scene[0][2], scene[2][2]
    masked = masked_right(micrograph, fill)
    (scores,), (whole,) = fitted.transform([masked]), fitted.transform([micrograph])
    np.testing.assert_array_equal(np.isnan(scores), masked.mask)
    np.testing.assert_array_equal(scores.mask, masked.mask)
    far = np.s_[:, : 128 - 15]
    assert np.corrcoef(scores[far].ravel(), whole[far].ravel())[0, 1] > 0.99
    (picks,) = fitted.predict([masked])
    assert np.isfinite(picks).all()
    assert picks[:, 0].max() < 128
    left = particles[particles[:, 0] < 127]
    assert fitted.score([masked], [particles]) == fitted.score([masked], [left]) > 0.9


def test_the_score_beside_a_mask_is_that_of_the_background(scene, fitted):
    """Constant pixels in the place of the missing ones would raise the scores."""
    micrograph = scene[0][2]
    rng = np.random.default_rng(0)
    noise = Micrograph(rng.normal(size=(256, 256)).astype(np.float32))
    scores = fitted.transform([masked_right(noise, np.nan)])[0]
    assert scores[:, 110:128].max() < fitted.transform([micrograph])[0].max() / 2
    assert np.quantile(scores[30:-30, 118:128], 0.99) < np.quantile(
        scores[30:-30, 30:100], 0.999
    )


def test_labels_on_missing_pixels_and_whole_micrographs_are_left_out(scene, fitted):
    micrographs, labels, _ = scene
    gone = Micrograph(np.zeros((1, 1)), "gone", scale=4.0, mask=np.ones((1, 1), bool))
    rows = [micrographs[0], gone, micrographs[1]]
    with pytest.warns(UserWarning, match="1 of 17 labelled particles .* gone"):
        picker = clone(fitted).fit(rows, [labels[0], [(50, 50)], labels[1]])
    np.testing.assert_array_equal(picker.references_, fitted.references_)
    assert picker.scale_ == fitted.scale_
    picks = picker.predict([gone, micrographs[2]])
    assert picks[0].shape == (0, 3)
    np.testing.assert_array_equal(picks[1], fitted.predict(micrographs[2:])[0])
    hidden = Micrograph(micrographs[0], mask=np.ones(micrographs[0].shape, bool))
    with pytest.raises(ValueError, match="No label is left"):
        clone(fitted).fit([hidden, micrographs[1]], [labels[0], []])


def test_use_before_fit_is_refused(scene):
    with pytest.raises(NotFittedError):
        ReferencePicker(24).predict(scene[0])
    with pytest.raises(NotFittedError):
        ReferencePicker(24).score(scene[0], scene[2])


def test_a_hundred_labels_pick_real_micrographs(data_dir):
    folder = data_dir / "empiar-10017"
    micrographs = read_micrographs(folder / "micrographs")
    table = read_coordinates(folder / "particles.txt")
    train, test = micrographs[:3], micrographs[8:9]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = coordinates_for(known.sample(100, random_state=0), train)
    picker = ReferencePicker(27, random_state=0).fit(train, labels)
    assert picker.score(test, coordinates_for(table, test)) > 0.82


@pytest.mark.parametrize("whiten", [True, False])
def test_a_particle_that_is_larger_than_a_patch_keeps_its_contrast(whiten):
    micrographs, coordinates = make_micrographs(
        2, size=1000, diameter=200, snr=5e-4, n_particles=9, random_state=0
    )
    picker = ReferencePicker(200, n_rotations=1, whiten=whiten, random_state=0)
    picker.fit(micrographs[:1], coordinates[:1])
    assert picker.score(micrographs[1:], coordinates[1:]) > 0.9


def test_large_micrographs_are_matched_as_small_ones(monkeypatch):
    micrographs, coordinates = make_micrographs(3, size=128, random_state=0)
    picker = make_pipeline(FourierDownsampler(1), ReferencePicker(24, random_state=0))
    expected = picker.fit(micrographs[:2], coordinates[:2]).predict(micrographs)
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    picks = picker.fit(micrographs[:2], coordinates[:2]).predict(micrographs)
    for ours, theirs in zip(picks, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def with_outliers(micrograph, kind):
    """Return a copy that has outliers of a kind in its first rows and columns."""
    image = np.array(micrograph, np.float32)
    middle, deviation = np.median(image), image.std()
    if kind == "hot pixels":
        chosen = np.random.default_rng(0).choice(image.size, 60, replace=False)
        image.flat[chosen] = middle + 1e4 * deviation
    elif kind == "extreme":
        image[60, 70] = 1e30
    elif kind == "bar":
        image[:10] = middle + 50 * deviation
    elif kind == "dead column":
        image[:, 100] = middle - 60 * deviation
    elif kind == "blank":
        image[:, :10] = middle - 33 * deviation
    return image


@pytest.mark.parametrize(
    "kind", ["hot pixels", "extreme", "bar", "dead column", "blank"]
)
def test_outliers_change_neither_references_nor_picks(kind):
    micrographs, coordinates = make_micrographs(3, snr=0.3, random_state=0)
    inner = [xy[(xy > 12).all(axis=1)] for xy in coordinates]
    labels = [points[:8] for points in inner[:2]]
    odd = [with_outliers(m, kind) for m in micrographs]
    picker = ReferencePicker(24, n_rotations=8, random_state=0)
    clean = picker.fit(micrographs[:2], labels).references_
    picker = picker.fit(odd[:2], labels)
    mask = private.disc_mask(0.6 * 24)
    assert np.corrcoef(clean[0][mask], picker.references_[0][mask])[0, 1] > 0.95
    picks = [xy[(xy[:, :2] > 12).all(axis=1)] for xy in picker.predict(odd[2:])]
    assert picking_average_precision(inner[2:], picks, 9) > 0.95


def test_labels_in_holes_are_warned_of():
    micrographs, coordinates = make_micrographs(2, snr=0.3, random_state=0)
    image = np.array(micrographs[0])
    image[:60] += 40 * image.std()
    with pytest.warns(UserWarning, match="missing pixels"):
        picker = ReferencePicker(24, n_rotations=4).fit([image], coordinates[:1])
    scores = picker.transform([image])[0]
    assert np.isnan(scores[:60]).all()
    assert np.isfinite(scores[80:]).all()  # beyond its rim

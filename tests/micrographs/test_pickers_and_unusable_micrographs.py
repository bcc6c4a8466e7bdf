"""One bad micrograph among many, and labels that do not fit."""

import os
import warnings

import mrcfile
import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from pusklearn import Micrograph, PUClassifier, ReferencePicker, io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.modules import ConvNet

SIZE = 128
DIAMETER = 20


@pytest.fixture(scope="module")
def data():
    return make_micrographs(
        4, size=SIZE, snr=1.0, contamination=0, diameter=DIAMETER, random_state=0
    )


@pytest.fixture(scope="module")
def labels(data):
    return [points[:5] for points in data[1]]


def learned(threshold="prior", **settings):
    classifier = PUClassifier(
        ConvNet(31, units=2), max_epochs=1, steps_per_epoch=4, batch_size=32
    )
    return make_picker(
        DIAMETER,
        classifier=classifier,
        particles_per_micrograph=9,
        threshold=threshold,
        random_state=0,
        **settings,
    )


def references(threshold="prior", **settings):
    return ReferencePicker(
        DIAMETER,
        n_rotations=4,
        particles_per_micrograph=9,
        threshold=threshold,
        random_state=0,
        **settings,
    )


pickers = pytest.mark.parametrize("make", [learned, references])
BAD = {
    "blank": Micrograph(np.ones((SIZE, SIZE), np.float32), "blank"),
    "nan": Micrograph(np.full((SIZE, SIZE), np.nan, np.float32), "nan"),
    "infinite": np.full((SIZE, SIZE), np.inf),
    "none": None,
    "stack": np.zeros((3, 8, 8)),
    "empty": np.zeros((0, 8)),
    "complex": np.zeros((8, 8), complex),
    "one pixel": np.zeros((1, 1)),
}
NAMED = {name: name for name in ("blank", "nan")}


@pytest.fixture(scope="module")
def clean(data, labels):
    """Each picker, fitted without any bad micrograph."""
    return {make: make().fit(data[0][:3], labels[:3]) for make in (learned, references)}


@pickers
@pytest.mark.parametrize("kind", sorted(BAD))
@pytest.mark.parametrize("large", [False, True])
def test_the_others_are_learnt_and_picked_as_if_it_were_not_there(
    data, labels, clean, monkeypatch, make, kind, large
):
    if large:
        monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 99)
    name = NAMED.get(kind, "number 1")
    message = rf"^Micrograph {name} cannot be used and is left out: .*"
    micrographs = [data[0][0], BAD[kind], *data[0][1:3]]
    picker = make(on_error="warn")
    with pytest.warns(UserWarning, match=message) as caught:
        picker.fit(micrographs, [labels[0], [[900, 3]], *labels[1:3]])
    assert len(caught) == 1
    rows = [data[0][0], BAD[kind], data[0][3]]
    with (
        parallel_config("threading", n_jobs=2),
        pytest.warns(UserWarning, match=message) as caught,
    ):
        picks = picker.predict(rows)
    assert len(caught) == 1
    assert picks[1].shape == (0, 3)
    expected = clean[make].predict(rows[::2])
    for ours, theirs in zip(picks[::2], expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    particles = [data[1][0], [[5, 5]], data[1][3]]
    with pytest.warns(UserWarning, match=message):
        score = picker.score(rows, particles)
    assert score == clean[make].score(rows[::2], particles[::2])


@pickers
@pytest.mark.parametrize("kind", ["nan", "none", "stack"])
def test_without_it_the_bad_one_is_an_error_that_names_it(
    data, labels, clean, make, kind
):
    rows = [data[0][0], BAD[kind]]
    name = NAMED.get(kind, "number 1")
    with pytest.raises(ValueError, match=f"Micrograph {name} has"):
        make().fit(rows, labels[:2])
    with pytest.raises(ValueError, match=f"Micrograph {name} has"):
        clean[make].predict(rows)


@pickers
def test_an_error_if_none_remains(make, labels):
    with (
        pytest.warns(UserWarning, match="cannot be used"),
        pytest.raises(ValueError, match=r"At least 1 micrograph must .* Got 0 of 2"),
    ):
        make(on_error="warn").fit([BAD["nan"], None], labels[:2])


@pickers
def test_clean_micrographs_bring_no_word_and_the_same_bits(
    data, labels, clean, make, recwarn
):
    picker = make(on_error="warn", outside="warn").fit(data[0][:3], labels[:3])
    picks = picker.predict(data[0])
    assert not recwarn.list
    for ours, theirs in zip(picks, clean[make].predict(data[0]), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def gone(path):
    path.unlink()


def cut_short(path):
    os.truncate(path, 3000)


def overwritten(path):
    path.write_bytes(b"no micrograph" * 9000)


@pytest.mark.parametrize("harm", [gone, cut_short, overwritten])
def test_a_file_that_changes_after_it_was_opened_costs_only_itself(
    data, clean, tmp_path, monkeypatch, harm
):
    """Of many files each is opened when it is asked for."""
    for name, micrograph in zip("abc", data[0], strict=False):
        mrcfile.write(tmp_path / f"{name}.mrc", np.asarray(micrograph), voxel_size=6)
    monkeypatch.setattr("pusklearn.micrographs.io._read_micrographs.MOST_OPEN", 1)
    micrographs = io.read_micrographs(tmp_path)
    harm(tmp_path / "b.mrc")
    picker = clone(learned(on_error="warn")).set_params(score__on_error="raise")
    picker.fit(data[0][:3], [points[:5] for points in data[1][:3]])
    with pytest.warns(UserWarning, match=r"b\.mrc cannot be used") as caught:
        picks = picker.predict(micrographs)
    assert len(caught) == 1
    assert picks[1].shape == (0, 3)
    expected = clean[learned].predict([data[0][0], data[0][2]])
    for ours, theirs in zip(picks[::2], expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_search_goes_on(data, labels):
    """The bad micrograph lies in one of the folds."""
    micrographs = [data[0][0], BAD["blank"], *data[0][1:]]
    search = GridSearchCV(
        learned(on_error="warn", threshold=None),
        {"extract__radius": [8, 12]},
        cv=2,
        error_score="raise",
    )
    with pytest.warns(UserWarning, match="blank cannot be used"):
        search.fit(micrographs, [labels[0], [[3, 3]], *labels[1:]])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


# Labels


@pickers
def test_a_label_outside_is_an_error_or_left_out(data, labels, clean, make):
    points = [np.r_[labels[0], [[SIZE + 5, 40.0]]], *labels[1:3]]
    with pytest.raises(ValueError, match=r'lie outside.*x=133, y=40.*outside="warn"'):
        make().fit(data[0][:3], points)
    with pytest.warns(UserWarning, match=r"are left out.* 1 of its 6 ") as caught:
        picker = make(outside="warn").fit(data[0][:3], points)
    assert len(caught) == 1
    np.testing.assert_array_equal(
        picker.predict(data[0][3:])[0], clean[make].predict(data[0][3:])[0]
    )
    with pytest.raises(ValueError, match="`outside` must be 'raise' or 'warn'"):
        make(outside="drop").fit(data[0][:3], points)


@pickers
@pytest.mark.parametrize("threshold", ["prior", "recall:0.8"])
def test_clicks_of_three_pickers_count_once(data, labels, make, threshold, recwarn):
    """15 clicks are 5 particles, fewer than the 9 of each micrograph."""
    thrice = [np.r_[xy, xy + 0.3, xy - 0.4] for xy in labels]
    picker = make(threshold).fit(data[0][:3], thrice[:3])
    expected = make(threshold).fit(data[0][:3], labels[:3])
    assert not recwarn.list
    np.testing.assert_array_equal(
        picker.predict(data[0][3:])[0], expected.predict(data[0][3:])[0]
    )


@pickers
def test_none_for_a_micrograph_is_told_to_be_an_empty_array(data, labels, make):
    message = r"number 1 are None\. .* empty array of shape \(0, 2\)"
    with pytest.raises(ValueError, match=message):
        make().fit(data[0][:2], [labels[0], None])


@pytest.mark.parametrize("name", ["outside", "on_error"])
def test_a_word_that_is_unknown_is_refused_at_once(name):
    with pytest.raises(ValueError, match=f"`{name}` must be 'raise' or 'warn'"):
        make_picker(24, **{name: "ignore"})


@pickers
def test_a_file_without_a_pixel_is_named(data, labels, clean, tmp_path, make):
    for name, pixels in {
        "good": data[0][3],
        "bad": np.full((SIZE, SIZE), np.nan),
    }.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # mrcfile warns of NaN.
            with mrcfile.new(tmp_path / f"{name}.mrc") as file:
                file.set_data(np.asarray(pixels, np.float32))
                file.voxel_size = 6
    micrographs = io.read_micrographs([tmp_path / "good.mrc", tmp_path / "bad.mrc"])
    with pytest.raises(ValueError, match="Micrograph bad has none"):
        clean[make].predict(micrographs)
    picker = make(on_error="warn").fit(data[0][:3], labels[:3])
    with pytest.warns(UserWarning, match="^Micrograph bad cannot be used"):
        picks = picker.predict(micrographs)
    assert len(picks[0])
    assert picks[1].shape == (0, 3)

import pickle

import numpy as np
import pytest
import sklearn.pipeline
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from pusklearn import general_picker, load, make_picker, save
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs._pipeline import Pipeline


@pytest.fixture(scope="module")
def data():
    return make_micrographs(3, size=128, random_state=0)


@pytest.fixture(scope="module")
def picker(data):
    picker = make_picker(24, particles_per_micrograph=10, random_state=0)
    picker.set_params(
        score__classifier__max_epochs=1,
        score__classifier__steps_per_epoch=2,
        score__classifier__batch_size=32,
    )
    return picker.fit(*data)


def has_summary(picker):
    return "pusklearn-summary" in picker._repr_html_()


def test_notebook_shows_the_summary_above_the_diagram(picker):
    html = picker._repr_html_()
    before, _, after = html.partition("sk-top-container")
    assert "It has learnt from 3 micrographs" in before
    assert "PeakExtractor" in after
    bundle = picker._repr_mimebundle_()
    assert bundle["text/plain"] == repr(picker)
    assert "pusklearn-summary" in bundle["text/html"]


def test_no_summary_without_a_fitted_extractor_at_the_end(picker):
    assert not has_summary(clone(picker))
    assert not has_summary(picker[:-1])
    assert has_summary(picker[-1:])
    assert not has_summary(Pipeline([("only", "passthrough")]))


def test_text_stays_the_same(picker):
    ordinary = sklearn.pipeline.Pipeline(picker.steps)
    assert repr(picker) == repr(ordinary)
    with config_context(display="text"):
        assert not hasattr(picker, "_repr_html_")
        assert picker._repr_mimebundle_() == {"text/plain": repr(picker)}


def test_picker_is_a_pipeline_and_stays_one(picker, data, tmp_path):
    path = tmp_path / "picker.pusk"
    save(picker, path)
    expected = picker.predict(data[0])
    for same in (picker, load(path), pickle.loads(pickle.dumps(picker))):
        assert isinstance(same, sklearn.pipeline.Pipeline)
        assert has_summary(same)
        for one, other in zip(same.predict(data[0]), expected, strict=True):
            np.testing.assert_array_equal(one, other)
    for part in (picker[:-1], clone(picker), general_picker(24)):
        assert isinstance(part, sklearn.pipeline.Pipeline)


def test_best_picker_of_a_search_shows_its_summary(picker, data, few_examples):
    search = GridSearchCV(picker, {"extract__radius": [8, 12]}, cv=3).fit(*data)
    assert has_summary(search.best_estimator_)
    assert "sk-top-container" in search._repr_html_()

import hashlib

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn import PeakExtractor, RegionScorer
from pusklearn.commands._picker_file import (
    load_pipeline,
    move_to,
    open_picker,
    sha256_of,
)


def test_a_picker_is_ready_to_pick(small):
    picker = open_picker(small.model, "recall:0.5", "3px", "cpu")
    extractor = picker.named_steps["extract"]
    fitted = small.picker.named_steps["extract"]
    assert extractor.threshold == fitted.find_threshold("recall:0.5")
    assert extractor.margin == "3px"
    assert {v for k, v in picker.get_params().items() if k.endswith("on_error")} == {
        "raise"
    }


def test_a_model_keeps_its_margin(small, tmp_path):
    picker = pusklearn.load(small.model).set_params(extract__margin=7.0)
    pusklearn.save(picker, tmp_path / "model.pusk")
    opened = open_picker(tmp_path / "model.pusk", None, None, "cpu")
    assert opened.named_steps["extract"].margin == 7.0


@pytest.mark.parametrize(
    "estimator", [PeakExtractor(), Pipeline([("scale", PeakExtractor())])]
)
def test_only_pickers_are_taken(tmp_path, estimator):
    pusklearn.save(estimator, tmp_path / "model.pusk")
    with pytest.raises(ValueError, match=f"holds a {type(estimator).__name__}"):
        load_pipeline(tmp_path / "model.pusk")


def test_the_scores_are_computed_where_it_is_asked(small):
    picker = pusklearn.load(small.model)
    move_to("meta", picker)
    module = picker.named_steps["score"].classifier_.net_.module_
    assert {str(one.device) for one in module.parameters()} == {"meta"}


def test_other_classifiers_stay_where_they_are():
    scorer = RegionScorer(DummyClassifier())
    scorer.classifier_ = DummyClassifier()
    move_to("cpu", Pipeline([("score", scorer), ("extract", PeakExtractor())]))
    with pytest.raises(ValueError, match="tpu"):
        move_to("tpu", Pipeline([("score", scorer), ("extract", PeakExtractor())]))


def test_the_checksum_is_that_of_other_programs(small):
    expected = hashlib.sha256(small.model.read_bytes()).hexdigest()
    assert sha256_of(small.model) == expected

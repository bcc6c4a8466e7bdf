import pickle

import numpy as np
import pytest
import torch

from pusklearn import PeakExtractor, load, save
from pusklearn.saving._archive import read_archive, write_archive
from pusklearn.topaz._open_model import open_model


def test_a_picker_that_was_saved_by_the_library_can_be_used(model, tmp_path, drawn):
    picker = load(model)
    save(picker, tmp_path / "model.pusk")
    scoring = open_model(tmp_path / "model.pusk")
    radius = picker["extract"].radius
    assert scoring.zero(radius) == picker["extract"].find_threshold("prior")
    image = drawn[0][3]
    (expected,) = picker.predict([image])
    picks = scoring.picks(scoring.score_map(image), radius)
    np.testing.assert_array_equal(picks[:, :2], expected[:, :2])


def test_a_model_of_topaz_is_refused(tmp_path):
    (tmp_path / "model_epoch10.sav").write_bytes(pickle.dumps([1, 2, 3]))
    with pytest.raises(ValueError, match=r"model_epoch10\.sav.*It is a pickle"):
        open_model(tmp_path / "model_epoch10.sav")


def test_another_estimator_is_refused(tmp_path):
    save(PeakExtractor(), tmp_path / "a.pusk")
    with pytest.raises(ValueError, match=r"a\.pusk cannot be used\. The steps of"):
        open_model(tmp_path / "a.pusk")


def test_a_damaged_document_is_named_with_its_file(model, tmp_path):
    documents, tensors = read_archive(model)
    del documents["scoring.json"]["weights"]["head.weight"]
    write_archive(tmp_path / "b.sav", documents, tensors)
    with pytest.raises(ValueError, match=r"b\.sav cannot be used\. Its part"):
        open_model(tmp_path / "b.sav")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.sav"):
        open_model(tmp_path / "no.sav")


def test_a_model_of_topaz_is_refused_with_a_way_out(run, project, tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "topaz.sav")
    sets = ["--train-images", "proc/image_list_train.txt"]
    sets += ["--train-targets", "proc/target_list_train.txt"]
    for command in (["extract", "-r", 6, "proc/mic000000.mrc"], ["train", *sets]):
        status, out, err = run(*command, "-m", tmp_path / "topaz.sav")
        assert (status, out) == (1, "")
        assert "Pickles run code when they are opened" in err
        assert "train one with `pusklearn-topaz train`" in err

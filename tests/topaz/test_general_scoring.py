import numpy as np
import pytest

from pusklearn import Micrograph, general_picker
from pusklearn.micrographs.general._general_network import USUAL_THRESHOLD
from pusklearn.topaz._general_scoring import asks_for_general, open_general

IMAGE = "proc/mic000000.mrc"


@pytest.mark.parametrize("radius", [6.5, 9.0, 12.0, 16.0])
@pytest.mark.parametrize("kind", ["float32", "int8", "with holes"])
def test_picks_are_those_of_the_general_picker_to_the_bit(drawn, radius, kind):
    image = drawn[0][3]
    if kind == "with holes":
        mask = np.zeros(image.shape, bool)
        mask[40:60, 30:90] = True
        image = Micrograph(image.copy(), mask=mask)
        image[100:110] = np.nan
    elif kind == "int8":
        image = Micrograph((20 * (image - image.mean()) / image.std()).astype(kind))
    scoring = open_general(None, radius)
    picker = general_picker(2 * radius, calibrate=False)
    for distance in (radius, 5.0):
        picks = scoring.picks(scoring.score_map(image), distance)
        (expected,) = picker.set_params(extract__radius=distance).predict([image])
        assert len(picks) > 2
        expected[:, 2] -= USUAL_THRESHOLD
        np.testing.assert_array_equal(picks, expected)


def test_an_image_that_is_missing_as_a_whole_has_no_picks():
    scoring = open_general(None, 12)
    nothing = Micrograph(np.zeros((50, 60)), mask=np.ones((50, 60), bool))
    assert scoring.picks(scoring.score_map(nothing), 5).shape == (0, 3)


def test_names_of_topaz_stand_for_it_unless_they_are_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (None, "general", "resnet16", "resnet8_u32", "resnet16_u64"):
        assert asks_for_general(name)
    (tmp_path / "resnet16.sav").write_text("a model")
    for name in ("resnet16.sav", "model_epoch10.sav", "none"):
        assert not asks_for_general(name)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ([], "The general network of pusklearn picks, for particles about 24 pixels"),
        (["-m", "resnet16_u64"], "picks in the place of resnet16_u64 of topaz, for"),
    ],
    ids=["none", "of topaz"],
)
def test_extract_says_that_the_general_network_picks(run, project, model, words):
    status, out, err = run("extract", "-r", 12, "-t", -20, "-x", 2, *model, IMAGE)
    assert status == 0
    assert words in err
    assert "learnt from simulated images alone" in err
    image = Micrograph(project.images["mic000000"])
    picker = general_picker(24, calibrate=False).set_params(extract__radius=12)
    (picks,) = picker.predict([image])
    rows = [line.split("\t") for line in out.splitlines()[1:]]
    picks[:, 2] -= USUAL_THRESHOLD
    kept = picks[picks[:, 2] > -20]
    assert len(kept) > 2
    assert [float(row[3]) for row in rows] == kept[:, 2].tolist()
    found = np.array([row[1:3] for row in rows], float)
    np.testing.assert_allclose(found, 2 * kept[:, :2], atol=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-r", 5], "-r 5 tells of a particle 10 pixels wide, and the general network"),
        (["--targets", "proc/target_list_train.txt"], "needs -r RADIUS"),
    ],
    ids=["small", "unknown"],
)
def test_the_width_of_a_particle_must_be_known(run, project, arguments, words):
    status, out, err = run("extract", *arguments, IMAGE)
    assert (status, out) == (1, "")
    assert words in err

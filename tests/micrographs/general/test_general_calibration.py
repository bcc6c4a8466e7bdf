import json

import pytest

from pusklearn.micrographs.general._general_calibration import (
    GeneralCalibration,
    rounded,
)
from pusklearn.micrographs.general._general_network import read_general_network

CALIBRATION = GeneralCalibration((-4.0, 0.0), (-3.0, 2.5), (-1.0, 0.5), (0.9, 1.2))


def test_what_is_written_is_read():
    text = CALIBRATION.to_text()
    assert json.loads(text) == {
        "scores": [-4, 0],
        "log_odds": [-3, 2.5],
        "offsets": [-1, 0.5],
        "slopes": [0.9, 1.2],
    }
    assert GeneralCalibration.from_text(text) == CALIBRATION


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scores": (0.0,), "log_odds": (0.0,)}, "at least 2 scores"),
        ({"log_odds": (0.0, 1.0, 2.0)}, "2 scores and 3 log-odds"),
        ({"scores": (0.0, 0.0)}, r"scores of a .* greater .* Got \(0.0, 0.0\)"),
        ({"log_odds": (1.0, 0.0)}, "log_odds of a calibration"),
        ({"log_odds": (0.0, float("nan"))}, "must be finite"),
        ({"scores": (0.0, float("inf"))}, "must be finite"),
        ({"offsets": ()}, "offsets of a calibration"),
        ({"offsets": (1.0, -1.0)}, "offsets of a calibration"),
        ({"slopes": (1.0,)}, r"each of the 2 offsets. Got \(1.0,\)"),
        ({"slopes": (1.0, 0.0)}, "slopes of a calibration must be finite numbers > 0"),
    ],
    ids=[
        *("one score", "lengths", "equal scores", "falling", "NaN", "infinite"),
        *("no offsets", "offsets", "too few slopes", "slope of 0"),
    ],
)
def test_a_calibration_that_keeps_no_order_is_refused(changes, message):
    wrong = CALIBRATION._replace(**changes)
    with pytest.raises(ValueError, match=message):
        wrong.checked()
    with pytest.raises(ValueError, match=message):
        GeneralCalibration.from_text(wrong.to_text())


def test_numbers_are_written_with_four_decimals():
    assert rounded([1 / 3, -2]) == (0.3333, -2.0)


def test_the_network_that_ships_is_calibrated():
    calibration = read_general_network().calibration
    assert calibration.checked() is calibration
    # An even chance lies between two scores that picks have, and single micrographs
    # may be better or worse than all together.
    assert calibration.log_odds[0] < 0 < calibration.log_odds[-1]
    assert calibration.offsets[0] < 0 < calibration.offsets[-1]

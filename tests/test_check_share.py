import numpy as np
import pytest

from pusklearn._check_share import check_share


@pytest.mark.parametrize("value", [0.5, 1e-300, np.float32(0.1)])
def test_a_share_passes(value):
    assert check_share(value, "confidence") is None


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, -1, 2, np.nan, np.inf, True])
def test_other_numbers_do_not(value):
    with pytest.raises(ValueError, match=r"`cv` must be a number in \(0, 1\). Got "):
        check_share(value, "cv")


@pytest.mark.parametrize("value", ["0.5", None, [0.5]])
def test_nor_does_what_is_no_number(value):
    with pytest.raises(TypeError, match=r"`cv` must be a number in \(0, 1\). Got "):
        check_share(value, "cv")

import numpy as np
import pytest

from pusklearn._lazy_rows import LazyRows
from pusklearn._validation import check_micrographs


@pytest.mark.parametrize("nothing", [[], LazyRows(np.sqrt, [])])
def test_at_least_one_micrograph_is_needed(nothing):
    with pytest.raises(ValueError, match=r"At least 1 micrograph is needed\. Got 0"):
        check_micrographs(nothing)


def test_a_generator_is_no_sequence():
    with pytest.raises(ValueError, match="Expected a sequence of micrographs"):
        check_micrographs(np.ones((2, 2)) for _ in range(3))
    with pytest.raises(ValueError, match="but got paths"):
        check_micrographs(name for name in ["a.mrc"])

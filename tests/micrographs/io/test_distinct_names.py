import pytest

from pusklearn.micrographs.io._distinct_names import distinct_names


@pytest.mark.parametrize(
    ("names", "distinct"),
    [
        ([], []),
        (["raw/a.mrc", "b"], ["a", "b"]),
        (["r/1/a.mrc", "r/2/a.mrc", "r/1/b.mrc"], ["1/a", "2/a", "b"]),
        (["1/Movies/a.mrc", "2/Movies/a.mrc"], ["1/Movies/a", "2/Movies/a"]),
        (["a.mrc", "2/a.mrc"], ["a", "2/a"]),
        ([r"C:\1\a.mrc", r"C:\2\a.mrc"], ["1/a", "2/a"]),
    ],
)
def test_as_many_folders_as_are_needed(names, distinct):
    assert distinct_names(names) == distinct


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a.mrc", "a"], "'a.mrc' and 'a' are both 'a'"),
        (["b/a", "1/a", "b/a.tif"], "'b/a' and 'b/a.tif' are both 'a'"),
        (["/"], "must have letters"),
        (["a\tb"], r"neither tabs .* Got 'a\\tb'"),
        (["a\nb"], "control characters"),
        (["a\udc80"], "control characters"),
    ],
)
def test_names_that_no_file_can_tell_apart_are_refused(names, said):
    with pytest.raises(ValueError, match=said):
        distinct_names(names)

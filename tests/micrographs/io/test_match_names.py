import itertools
import time

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from pusklearn.micrographs.io._match_names import Named, match_names

UID = "003735412345678901234"


def match(listed, micrographs):
    """Return the matches by their names; micrographs are names or (name, uid)."""
    named = [Named(*([m] if isinstance(m, str) else m)) for m in micrographs]
    return {m.name: n.name for m, n in match_names(map(Named, listed), named).items()}


@pytest.mark.parametrize(
    ("listed", "micrographs", "matches"),
    [
        ([], ["a"], {}),
        (["a"], [], {}),
        (["M/a.mrc", "b"], ["x/b.tif", "a"], {"a": "M/a.mrc", "x/b.tif": "b"}),
        (["a"], ["A", "ab"], {}),
        # Accents may be one letter or two.
        (["gru\u0308n.mrc"], ["gr\u00fcn"], {"gr\u00fcn": "gru\u0308n.mrc"}),
        (["foo.tif.mrc"], ["foo.tif"], {"foo.tif": "foo.tif.mrc"}),
    ],
)
def test_names_agree_without_folders_and_extensions(listed, micrographs, matches):
    assert match(listed, micrographs) == matches


@pytest.mark.parametrize(
    ("listed", "micrographs", "matches"),
    [
        # Two grids, whose paths begin elsewhere.
        (
            ["job/1/a.mrc", "job/2/a.mrc"],
            ["/raw/2/a.mrc", "/raw/1/a.mrc"],
            {"/raw/1/a.mrc": "job/1/a.mrc", "/raw/2/a.mrc": "job/2/a.mrc"},
        ),
        # The folder that differs is not the last.
        (
            ["1/Movies/a", "2/Movies/a"],
            ["/r/1/Movies/a", "/r/2/Movies/a"],
            {"/r/1/Movies/a": "1/Movies/a", "/r/2/Movies/a": "2/Movies/a"},
        ),
        # Only some of the grids were read, or have particles.
        (["1/a", "2/a", "3/a"], ["r/2/a"], {"r/2/a": "2/a"}),
        (["1/a", "2/a", "3/a"], ["r/2/a", "r/1/a"], {"r/1/a": "1/a", "r/2/a": "2/a"}),
        (["1/a"], ["r/1/a", "r/2/a"], {"r/1/a": "1/a"}),
        (["1/a", "3/a"], ["r/2/a"], {}),
        # "b" of grid 2 has no particles; the "b" of grid 1 was not read.
        (["1/a", "2/a", "1/b"], ["r/2/a", "r/2/b"], {"r/2/a": "2/a"}),
        (["1/a", "1/b"], ["r/1/a", "r/2/a", "r/2/b"], {"r/1/a": "1/a"}),
        # Folders do not matter as long as the names differ.
        (
            ["test/a", "train/b"],
            ["train/a", "train/b"],
            {"train/a": "test/a", "train/b": "train/b"},
        ),
        (["1\\a", "2\\a"], ["1/a", "2/a"], {"1/a": "1\\a", "2/a": "2\\a"}),
        # One path is the end of the other, but both are there as they are.
        (["a.mrc", "1/a"], ["1/a", "a"], {"1/a": "1/a", "a": "a.mrc"}),
        (["r/1/a", "1/a"], ["1/a", "r/1/a"], {"1/a": "1/a", "r/1/a": "r/1/a"}),
    ],
)
def test_folders_tell_equal_names_apart(listed, micrographs, matches):
    assert match(listed, micrographs) == matches


@pytest.mark.parametrize(
    ("listed", "micrographs", "said"),
    [
        (["a"], ["1/a", "2/a"], "Micrographs must .*'1/a' and '2/a' .* 'a' may be eit"),
        (["M/a"], ["/1/M/a", "/2/M/a"], "'/1/M/a' and '/2/M/a' are both 'a'"),
        (["1/a", "2/a"], ["a"], "Names of the table .*'1/a' and '2/a' .*may be 'a'"),
        (["a.mrc", "a.tif"], ["a"], "'a.mrc' and 'a.tif' are both 'a', and either"),
        (["1/a", "a"], ["r/1/a"], "'1/a' and 'a' are both 'a', and either may be 'r/"),
        (["1/a"], ["r/1/a", "a"], "Micrographs must .*'a' and 'r/1/a' are both 'a'"),
        (["1/a", "r/1/a"], ["1/a"], "either may be '1/a'. Give the table the folders"),
    ],
)
def test_names_that_folders_cannot_tell_apart_are_an_error(listed, micrographs, said):
    for names, owners in itertools.product((listed, listed[::-1]), (micrographs,)):
        with pytest.raises(ValueError, match=said):
            match(names, owners)


@pytest.mark.parametrize(
    ("listed", "micrographs", "matches"),
    [
        ([f"J2/m/{UID}_a.mrc"], ["a"], {"a": f"J2/m/{UID}_a.mrc"}),
        (
            [f"{UID}_a_patch_aligned_doseweighted.mrc", "b"],
            ["a", "b"],
            {"a": f"{UID}_a_patch_aligned_doseweighted.mrc", "b": "b"},
        ),
        (
            [f"000001_{UID}", f"{UID}_a_patch_aligned_doseweighted_particles.mrc"],
            ["a"],
            {"a": f"{UID}_a_patch_aligned_doseweighted_particles.mrc"},
        ),
        (["a.mrc"], [f"{UID}_a_rigid_aligned"], {f"{UID}_a_rigid_aligned": "a.mrc"}),
        (["a"], ["a_patch_aligned"], {"a_patch_aligned": "a"}),
        # Both have uids: the same is the same, others are others.
        (
            [f"{UID}_a"],
            [f"{UID}_a_patch_aligned"],
            {f"{UID}_a_patch_aligned": f"{UID}_a"},
        ),
        ([f"{UID}_a"], [f"{UID[:-1]}9_a"], {}),
        # Not one name alone.
        ([f"{UID}_a", f"{UID[:-1]}9_a"], ["a"], {}),
        ([f"{UID}_a"], ["a_patch_aligned", "a_rigid_aligned"], {}),
        (["20231104_a"], ["a"], {}),
        # The movie ends in "_fractions", and nothing else does.
        (
            [f"{UID}_a_fractions_patch_aligned_doseweighted.mrc", "b_Fractions_x"],
            ["a", "b"],
            {"a": f"{UID}_a_fractions_patch_aligned_doseweighted.mrc"},
        ),
        (["a"], [f"{UID}_a_Fractions"], {f"{UID}_a_Fractions": "a"}),
        (["a_fractions"], ["a"], {}),
        (
            ["a_fractions_patch_aligned", "a_patch_aligned"],
            ["a"],
            {"a": "a_patch_aligned"},
        ),
        (["a_fractions_patch_aligned", "a_Fractions_rigid_aligned"], ["a"], {}),
        ([f"{UID}_"], ["b"], {}),
        # A name that agrees as it is comes first.
        ([f"{UID}_a", "a"], ["a"], {"a": "a"}),
    ],
)
def test_what_cryosparc_adds_to_names(listed, micrographs, matches):
    assert match(listed, micrographs) == matches


def test_a_uid_tells_more_than_names():
    listed = [f"J1/{UID}_a.mrc", f"J1/{UID[:-1]}9_a.mrc", "b"]
    owners = [("x", int(UID)), ("b", 5), ("a", int(f"{UID[:-1]}9"))]
    assert match(listed, owners) == {"x": listed[0], "a": listed[1], "b": "b"}
    # Two names with one uid tell nothing by it, but their rests do.
    assert match([f"{UID}_a", f"{UID}_b"], [("b", int(UID))]) == {"b": f"{UID}_b"}
    assert match([f"{UID}_b"], [("b", 5)]) == {}


@settings(max_examples=200, deadline=None)
@given(
    paths=st.lists(
        st.lists(st.sampled_from(["1", "2", "M"]), min_size=1, max_size=4),
        max_size=8,
        unique_by=tuple,
    ),
    root=st.sampled_from(["", "/data/x/", "MotionCorr/job002/"]),
    keep=st.sets(st.integers(0, 7)),
)
def test_no_name_goes_to_another_path(paths, root, keep):
    # The truth: a micrograph lies where the table says, below another root.
    listed = ["/".join(parts) for parts in paths]
    owners = [root + name for i, name in enumerate(listed) if i in keep]
    try:
        matches = match(listed, owners)
    except ValueError:
        event("not to be told apart")
        return
    apart = len({name.rsplit("/", 1)[-1] for name in listed}) == len(listed)
    for owner, name in matches.items():
        assert owner == root + name
    if apart:
        assert set(matches) == set(owners)


def test_many_names_are_matched_in_a_moment():
    listed = [f"Movies/grid{i % 9}/mic_{i // 9:05d}.mrc" for i in range(9000)]
    owners = [f"/data/{name}" for name in listed[::-2]]
    start = time.process_time()
    assert len(match(listed, owners)) == len(owners)
    assert time.process_time() - start < 2


A, B = ("m/a", 11), ("m/a", 22)


@pytest.mark.parametrize(
    ("listed", "micrographs", "matches"),
    [
        # One name, and numbers tell whose it is.
        ([A, B], [("a", 22), ("a", 11)], {("a", 22): B, ("a", 11): A}),
        # The number stands before the name on one side, and beside it on the other.
        ([("z", int(UID))], [(f"{UID}_a",)], {(f"{UID}_a",): ("z", int(UID))}),
        ([(f"{UID}_z",)], [("a", int(UID))], {("a", int(UID)): (f"{UID}_z",)}),
        # A time before both names is no uid.
        ([("20231104123456_a",)], [("20231104123456_b",)], {}),
        # Of two names with one number, the paths decide.
        ([("1/a", 11), ("2/b", 11)], [("b", 11)], {("b", 11): ("2/b", 11)}),
    ],
)
def test_uids_come_first(listed, micrographs, matches):
    names, owners = ([Named(*one) for one in many] for many in (listed, micrographs))
    found = match_names(names, owners)
    assert found == {Named(*m): Named(*n) for m, n in matches.items()}

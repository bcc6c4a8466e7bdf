import random
import re
import time

import pytest

from pusklearn.micrographs.io._match_names import Named, match_names
from pusklearn.micrographs.io._name_mismatch import (
    describe_mismatch,
    describe_no_match,
)


def describe(n_rows, micrographs):
    matches = match_names(map(Named, n_rows), map(Named, micrographs))
    wanted = {name: Named(name) in matches for name in micrographs}
    matched = [name.name for name in matches.values()]
    return describe_mismatch(n_rows, matched, wanted)


@pytest.mark.parametrize(
    ("lost", "micrograph", "reason"),
    [
        ("001_a_aligned.mrc", "a", r"with '001_' before it and '_aligned' behind it"),
        ("a_DW.mrc", "a", "with '_DW' behind it"),
        ("prefix-a", "a", "with 'prefix-' before it"),
        ("grid1_0007.frames", "grid1_0007", "with '.frames' behind it"),
        ("A.mrc", "a", "but for upper and lower case"),
        ("mic-7", "mic_7", "but for the characters between its parts"),
        ("g1-12", "g1_12", "but for the characters between its parts"),
        ("mic 7", "mic7", "but for the characters between its parts"),
        ("mic_7", "mic_0007", "but for leading zeros"),
        ("a7", "a7_fractions", r"without '\.\.\._fractions'"),
    ],
)
def test_the_likely_reason_is_told(lost, micrograph, reason):
    text = describe({lost: 40, "zz.mrc": 1}, [micrograph, "zz", "other"])
    assert "40 of 41 rows" in text
    assert "2 of 3 micrographs got no rows" in text
    assert f"'{lost}' (40 rows) looks like the micrograph '{micrograph}' " in text
    assert re.search(reason, text)


@pytest.mark.parametrize(
    ("lost", "micrographs"),
    [
        ({"zzz.mrc": 40}, ["b", "foo"]),
        ({f"stack{i}": 1 for i in range(40)}, ["b", "mic1", "mic2"]),
        ({f"g{i % 3}x_{i}": 1 for i in range(40)}, ["b", "h1_1"]),
    ],
)
def test_names_of_other_words_are_told_if_hardly_any_row_is_used(lost, micrographs):
    text = describe({"b": 1, **lost}, micrographs)
    assert "40 of 41 rows" in text
    assert re.search("The table has names such as .*, the micrographs such as ", text)


def test_names_of_letters_at_random_say_nothing():
    lost = dict.fromkeys(("ab3f", "ff0c", "c81d", "e2aa", "b7bc", "fe0c"), 9)
    assert describe({"aa1f": 1, **lost}, ["aa1f", "da7e"]) is None


@pytest.mark.parametrize(
    ("n_rows", "micrographs"),
    [
        # A subset was read, and some of its micrographs have no particles.
        ({"a": 5, "b": 5}, ["a", "c"]),
        ({f"mic_{i:03d}.mrc": 9 for i in range(50)}, ["mic_003", "mic_099"]),
        ({f"mic_{i}.mrc": 9 for i in range(50)}, ["mic_3", "mic_99", "mic_100"]),
        ({"sq1_12": 1, "sq3_3": 1}, ["sq11_2", "sq3_3"]),
        ({f"g{i}_{j}": 1 for i in range(9) for j in range(9)}, ["g1_1", "g1_9", "g1"]),
        (
            {f"FoilHole_{i}_Data_{i * 7}_20240101_1{i}": 3 for i in range(100, 140)},
            ["FoilHole_100_Data_700_20240101_1100", "FoilHole_7_Data_9_20240101_1"],
        ),
        # Another session has names of its own.
        (
            {**{f"s1_{i}": 9 for i in range(9)}, **{f"Foil{i}-x": 9 for i in range(9)}},
            [f"s1_{i}" for i in range(30)],
        ),
        # The "b" of the grid that was read has no particles.
        ({"1/a": 1, "2/a": 1, "1/b": 1}, ["r/2/a", "r/2/b"]),
        # All rows or all micrographs have a match.
        ({"a": 1}, ["a", "a_DW"]),
        ({"a": 1, "a_DW": 1}, ["a"]),
        ({}, ["a"]),
    ],
)
def test_an_ordinary_subset_is_not_worth_a_word(n_rows, micrographs):
    assert describe(n_rows, micrographs) is None


def test_random_subsets_are_not_worth_a_word():
    kinds = [
        "{0:04d}", "mic{0}", "stack_{0:04d}_2x_SumCorr", "May08_03.05.{0:02d}",
        "14sep05c_{0:05d}sq_{1:05d}hl_00002es.frames", "FoilHole_{0}_Data_{1}_{0}",
    ]  # fmt: skip
    for seed in range(60):
        draw = random.Random(seed)
        kind = draw.choice(kinds)
        names = [kind.format(i, draw.randrange(10**5)) for i in range(80)]
        listed = {f"M/{n}.mrc": draw.randrange(1, 9) for n in draw.sample(names, 30)}
        assert describe(listed, draw.sample(names, 20)) is None


def test_folders_that_never_agree_are_told():
    micrographs = ["raw/grid1/Movies/a", "raw/grid2/Movies/a", "raw/grid1/Movies/z"]
    n_rows = {"grid1/aligned/a.mrc": 3, "grid2/aligned/a.mrc": 3, "z": 1}
    text = describe(n_rows, micrographs)
    assert "6 of 7 rows" in text
    assert re.search(
        "'grid1/aligned/a.mrc' .* 'raw/grid./Movies/a' but for its f", text
    )


def test_random_subsets_of_several_grids_are_not_worth_a_word():
    for seed in range(60):
        draw = random.Random(seed)
        paths = [f"{g}/Movies/s_{i:03d}" for g in ("g1", "g2", "g3") for i in range(30)]
        read = paths[: draw.choice([30, 60, 90])]
        listed = {f"M/job1/{p}.mrc": 1 for p in draw.sample(paths, 45)}
        micrographs = [f"/raw/{p}.mrc" for p in draw.sample(read, 20)]
        assert describe(listed, micrographs) is None


def test_hardly_any_match_and_other_names_are_told_without_a_likeness():
    n_rows = {**{f"2024-{i}-exposure": 5 for i in range(20)}, "mic_1": 1}
    text = describe(n_rows, ["mic_1", "mic_2", "mic_3"])
    assert "100 of 101 rows" in text
    assert "names such as '2024-0-exposure'" in text
    assert "the micrographs such as 'mic_2', 'mic_3'" in text


def test_no_match_shows_the_nearest_names():
    text = describe_no_match(["g_000.mrc", "g_001"], ["g_000_DW", "zzz"])
    assert "Looked for 'g_000', 'g_001' (2 in all)" in text
    assert "has 'g_000_DW' (2 in all)" in text
    assert "has 'p', 'q', 'r' (4 in all)" in describe_no_match(["x7"], [*"pqrs"])


def test_no_match_of_equal_names_shows_their_folders():
    text = describe_no_match(["2/a"], ["1/a", "3/a"])
    assert "Looked for '2/a' (1 in all). The table has '1/a', '3/a' (2 in all)" in text


def test_many_names_take_a_moment():
    n_rows = {f"{i}_grid_{i}_aligned_{i}_x": 1 for i in range(5000)}
    start = time.process_time()
    describe(n_rows, [f"mic_{i}" for i in range(5000)])
    assert time.process_time() - start < 3

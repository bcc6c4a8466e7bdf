import numpy as np
import pytest

from pusklearn.pu._label_words import (
    OTHERS,
    POSITIVES,
    as_word,
    plainly_positive,
    warn_of_guess,
)


@pytest.mark.parametrize(
    ("positive", "other"),
    [
        ("positive", "unlabeled"),
        ("Positive", " UNLABELLED "),
        ("labeled", "unlabeled"),
        ("labelled", "un-labelled"),
        ("labeled", "not_labeled"),
        ("pos", "u"),
        ("P", "U"),
        ("p", "n"),
        ("yes", "no"),
        ("true", "false"),
        ("known", "unknown"),
        ("1", "0"),
        ("1", "-1"),
        ("1.0", "0.0"),
        ("positive", "nan"),
        ("positive", "galaxy"),
        ("galaxy", "unlabeled"),
        ("z", "background"),
        ("positive", "-1"),
        (1, 0),
        (1, -1),
        (0.5, -0.5),
        (True, False),
        (3, 0),
    ],
)
def test_a_plain_word_or_number_is_that_of_the_positives(positive, other):
    for labels in ([positive, other], [other, positive]):
        classes = np.array(labels, None if isinstance(positive, str) else object)
        assert plainly_positive(classes) == positive


@pytest.mark.parametrize(
    "labels",
    [
        ("one", "two"),
        ("a", "p"),
        ("cat", "u"),
        ("positive", "yes"),
        ("unlabeled", "no"),
        (1, 2),
        (-1, 0),
        ("2", "1"),
        ("benign", "malignant"),
    ],
)
def test_other_words_and_numbers_are_not_plain(labels):
    assert plainly_positive(np.array(labels)) is None


def test_no_word_means_both():
    assert not POSITIVES & OTHERS
    for word in POSITIVES | OTHERS:
        assert as_word(word) == word


def test_the_warning_names_the_label_that_was_taken():
    with pytest.warns(UserWarning, match=r"\['a', 'b'\], .* 'b', was .*pos_label='b'"):
        warn_of_guess(np.array(["a", "b"]), np.array(["a", "b"])[1])

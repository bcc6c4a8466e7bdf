import numpy as np
import pytest

from pusklearn.metrics import picking_average_precision, picking_curve


def scene():
    """Three crowded micrographs with tied scores, the last without a particle."""
    rng = np.random.default_rng(7)
    true_list, picks_list = [], []
    for n in (40, 25, 0):
        true = rng.uniform(0, 300, (n, 2)).round(1)
        near = true[: n // 2] + rng.normal(0, 5, (n // 2, 2))
        centres = np.concatenate([near, rng.uniform(0, 300, (30, 2))]).round(1)
        scores = rng.normal(0, 1, len(centres)).round(1)
        true_list.append(true)
        picks_list.append(np.column_stack([centres, scores]))
    return true_list, picks_list


# Computed on the same scene by a separate program on the dense cost matrix.
@pytest.mark.parametrize(
    ("radius", "average_precision", "max_recall", "best_f1"),
    [
        (8.0, 0.13183648771069603, 0.46153846153846156, 0.3724137931034483),
        (20.0, 0.26542009446710896, 0.676923076923077, 0.5068493150684931),
    ],
)
def test_values_equal_those_of_an_independent_program(
    radius, average_precision, max_recall, best_f1
):
    precision, recall, _ = picking_curve(*scene(), radius)
    assert picking_average_precision(*scene(), radius) == pytest.approx(
        average_precision, abs=1e-12
    )
    assert recall[-1] == pytest.approx(max_recall, abs=1e-12)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    assert f1.max() == pytest.approx(best_f1, abs=1e-12)


def test_a_hand_made_case():
    true = [[[10, 10], [40, 40], [70, 70]]]
    picks = [[[10, 10, 4.0], [90, 10, 3.0], [40, 40, 2.0]]]
    expected = 1 * (1 / 3) + (2 / 3) * (1 / 3)
    assert picking_average_precision(true, picks, 5) == pytest.approx(expected)


def test_perfect_picks_give_one_and_no_pick_gives_zero():
    true = [[[10, 10], [40, 40]]]
    assert picking_average_precision(true, [[[10, 10, 1], [40, 40, 2]]], 5) == 1
    assert picking_average_precision(true, [[]], 5) == 0


def test_a_monotone_change_of_the_scores_changes_nothing():
    true_list, picks_list = scene()
    changed = [picks * [1, 1, 0] + np.exp(picks) * [0, 0, 1] for picks in picks_list]
    value = picking_average_precision(true_list, picks_list, 8.0)
    assert picking_average_precision(true_list, changed, 8.0) == value


def test_order_of_picks_and_micrographs_changes_nothing():
    true_list, picks_list = scene()
    value = picking_average_precision(true_list, picks_list, 8.0)
    turned = [picks[::-1] for picks in picks_list]
    assert picking_average_precision(true_list[::-1], turned[::-1], 8.0) == (
        pytest.approx(value, abs=1e-12)
    )


def test_errors_come_from_the_curve():
    with pytest.raises(ValueError, match="at least 1 true particle"):
        picking_average_precision([[]], [[]], 5)

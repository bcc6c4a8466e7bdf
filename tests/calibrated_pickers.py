"""What a calibrated extractor tells, from scores that are log-odds by definition."""

import numpy as np
from scipy.special import expit
from sklearn.utils import Bunch


def let_scores_be_log_odds(monkeypatch):
    """Let every `PeakExtractor` say that its scores are calibrated."""
    from pusklearn import PeakExtractor

    monkeypatch.setattr(PeakExtractor, "calibration_", object(), raising=False)
    monkeypatch.setattr(
        PeakExtractor, "expected_quality", expected_quality, raising=False
    )


def expected_quality(self, rule=None, picks=None):
    """Return what the sums of probabilities say; the intervals are a tenth wide."""
    threshold = self.find_threshold(rule)
    scores = self.peak_scores_ if picks is None else np.concatenate(picks)[:, 2]
    probability = expit(scores)
    kept = probability[scores > threshold]
    precision = kept.mean() if len(kept) else np.nan
    recall = kept.sum() / probability.sum()

    def interval(value):
        return 0.95 * value, 1.05 * value

    return Bunch(
        threshold=threshold,
        n_picks=len(kept),
        n_particles=probability.sum(),
        n_particles_interval=interval(probability.sum()),
        precision=precision,
        precision_interval=interval(precision),
        recall=recall,
        recall_interval=interval(recall),
    )

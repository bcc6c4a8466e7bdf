"""Metrics for picks and for classifiers trained on positive and unlabeled samples."""

from pusklearn.micrographs.displays._particle_montage import ParticleMontage
from pusklearn.micrographs.displays._picking_curve_display import PickingCurveDisplay
from pusklearn.micrographs.displays._picks_display import PicksDisplay
from pusklearn.micrographs.displays._reliability_display import ReliabilityDisplay
from pusklearn.micrographs.displays._score_map_display import ScoreMapDisplay
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.micrographs.metrics._picking_average_precision import (
    picking_average_precision,
)
from pusklearn.micrographs.metrics._picking_curve import picking_curve
from pusklearn.pu._pu_collapse_warning import PUCollapseWarning
from pusklearn.pu.displays._labels_at_random_display import LabelsAtRandomDisplay
from pusklearn.pu.displays._predicted_share_display import PredictedShareDisplay
from pusklearn.pu.displays._prior_sensitivity_display import PriorSensitivityDisplay
from pusklearn.pu.displays._training_curve_display import TrainingCurveDisplay
from pusklearn.pu.metrics._pu_accuracy_score import pu_accuracy_score
from pusklearn.pu.metrics._pu_average_precision_score import pu_average_precision_score
from pusklearn.pu.metrics._pu_balanced_accuracy_score import pu_balanced_accuracy_score
from pusklearn.pu.metrics._pu_brier_score_loss import pu_brier_score_loss
from pusklearn.pu.metrics._pu_calibration_curve import pu_calibration_curve
from pusklearn.pu.metrics._pu_f1_score import pu_f1_score
from pusklearn.pu.metrics._pu_interval import pu_interval
from pusklearn.pu.metrics._pu_lee_liu_score import pu_lee_liu_score
from pusklearn.pu.metrics._pu_log_loss import pu_log_loss
from pusklearn.pu.metrics._pu_matthews_corrcoef import pu_matthews_corrcoef
from pusklearn.pu.metrics._pu_precision_score import pu_precision_score
from pusklearn.pu.metrics._pu_recall_score import pu_recall_score
from pusklearn.pu.metrics._pu_risk import pu_risk
from pusklearn.pu.metrics._pu_roc_auc_score import pu_roc_auc_score
from pusklearn.pu.metrics._pu_scorer import pu_scorer

__all__ = [
    "LabelsAtRandomDisplay",
    "PUCollapseWarning",
    "ParticleMontage",
    "PickingCurveDisplay",
    "PicksDisplay",
    "PredictedShareDisplay",
    "PriorSensitivityDisplay",
    "ReliabilityDisplay",
    "ScoreMapDisplay",
    "TrainingCurveDisplay",
    "match_coordinates",
    "picking_average_precision",
    "picking_curve",
    "pu_accuracy_score",
    "pu_average_precision_score",
    "pu_balanced_accuracy_score",
    "pu_brier_score_loss",
    "pu_calibration_curve",
    "pu_f1_score",
    "pu_interval",
    "pu_lee_liu_score",
    "pu_log_loss",
    "pu_matthews_corrcoef",
    "pu_precision_score",
    "pu_recall_score",
    "pu_risk",
    "pu_roc_auc_score",
    "pu_scorer",
]

"""Positive-unlabeled learning as scikit-learn, and particle picking with it.

Positive-unlabeled (PU) learning: one row of `X` is one sample.

PUClassifier
    Neural network trained on labelled positives and unlabeled samples.
PUThresholdClassifier
    Decision threshold from PU data, around any classifier.
PUCalibratedClassifier
    Calibrated probabilities from PU data, around any classifier.
PriorEstimator
    The share of positives, found with any classifier.
BaggingPUClassifier, CVIRClassifier, ElkanNotoClassifier
    Other ways to make any classifier learn from PU data.
SAREMClassifier
    The same if labels are not random: it learns where positives are labelled, too.
PUStratifiedKFold
    Folds that each hold labelled positives.
estimate_prior
    The share of positives, found from scores.
estimate_new_prior, shift_probabilities
    The share of positives in new data, and probabilities that are right there.

Particle picking: one row of `X` is one micrograph.

make_picker
    The whole way from micrographs to picks, as one `Pipeline`.
general_picker
    The same, fitted already: it picks without a label.
suggest_picks
    Picks whose label helps most.
Micrograph
    An image that knows its name, its pixel size and its scale.
FourierDownsampler
    Makes micrographs smaller.
MicrographNormalizer
    Brings micrographs to one grey scale.
TiledRegions
    The region around every pixel, as samples of a classifier.
RegionScorer
    Turns micrographs into score maps with a classifier of regions.
PeakExtractor
    Turns score maps into picks.
ReferencePicker
    Picks with reference images, the classical way.
PicksReport
    A page that shows picks, and where to cut.

Files of estimators, of both kinds.

save, load
    An estimator in one file that runs no code when it is opened.
export_onnx
    The network for programs other than Python.

Modules with more.

criteria
    The objectives that a network is trained with.
modules
    The networks.
metrics
    Scores and displays of classifiers and of picks.
datasets
    Simulated micrographs, and PU labels of labelled data.
io
    Files of micrographs and of coordinates.

``help(pusklearn.PUClassifier)`` says more about each of them.
"""

from traceback import walk_stack

from lazy_loader import attach_stub

__version__ = "0.1.0.dev0"

# `__init__.pyi` says where each name lives; it is imported when it is first used.
__getattr__, _list_names, __all__ = attach_stub(__name__, __file__)


def __dir__():
    # `help` would print each class that it finds here in full, 6,000 lines in all. The
    # docstring above is the better answer.
    is_help = any(frame.f_code.co_name == "docmodule" for frame, _ in walk_stack(None))
    return ["__version__"] if is_help else ["__version__", *_list_names()]

# Read by `lazy_loader`, which takes relative imports alone, and by type checkers.
from . import criteria as criteria
from . import datasets as datasets
from . import io as io
from . import metrics as metrics
from . import modules as modules
from .micrographs._make_picker import make_picker as make_picker
from .micrographs.general._general_picker import general_picker as general_picker
from .micrographs.images._micrograph import Micrograph as Micrograph
from .micrographs.peaks._peak_extractor import PeakExtractor as PeakExtractor
from .micrographs.preprocessing._fourier_downsampler import (
    FourierDownsampler as FourierDownsampler,
)
from .micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer as MicrographNormalizer,
)
from .micrographs.references._reference_picker import ReferencePicker as ReferencePicker
from .micrographs.regions._region_scorer import RegionScorer as RegionScorer
from .micrographs.regions._tiled_regions import TiledRegions as TiledRegions
from .micrographs.report._picks_report import PicksReport as PicksReport
from .micrographs.suggestions._suggest_picks import suggest_picks as suggest_picks
from .pu.network._pu_classifier import PUClassifier as PUClassifier
from .pu.priors._estimate_new_prior import estimate_new_prior as estimate_new_prior
from .pu.priors._estimate_prior import estimate_prior as estimate_prior
from .pu.priors._shift_probabilities import (
    shift_probabilities as shift_probabilities,
)
from .pu.splits._pu_stratified_kfold import PUStratifiedKFold as PUStratifiedKFold
from .pu.wrappers._bagging_pu_classifier import (
    BaggingPUClassifier as BaggingPUClassifier,
)
from .pu.wrappers._cvir_classifier import CVIRClassifier as CVIRClassifier
from .pu.wrappers._elkan_noto_classifier import (
    ElkanNotoClassifier as ElkanNotoClassifier,
)
from .pu.wrappers._prior_estimator import PriorEstimator as PriorEstimator
from .pu.wrappers._pu_calibrated_classifier import (
    PUCalibratedClassifier as PUCalibratedClassifier,
)
from .pu.wrappers._pu_threshold_classifier import (
    PUThresholdClassifier as PUThresholdClassifier,
)
from .pu.wrappers._sar_em_classifier import SAREMClassifier as SAREMClassifier
from .saving._export_onnx import export_onnx as export_onnx
from .saving._load import load as load
from .saving._save import save as save

__version__: str

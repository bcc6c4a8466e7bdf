"""Everything that this package takes from scikit-learn's private parts.

scikit-learn may move or change these without notice, so they are imported here and
nowhere else: if a new version of it breaks an import, this is the file to mend.
"""

from sklearn.metrics._scorer import _Scorer as Scorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils.validation import _check_method_params as check_method_params
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

__all__ = [
    "BaseSearchCV",
    "Scorer",
    "check_method_params",
    "check_sample_weight",
    "safe_indexing",
]

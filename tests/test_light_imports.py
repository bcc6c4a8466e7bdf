"""Scoring a micrograph needs neither scikit-learn nor pandas, each as slow as torch."""

import subprocess
import sys

import pytest

HEAVY = {"joblib", "pandas", "pyarrow", "scipy.stats", "skorch", "sklearn", "starfile"}
LIGHT = [
    "pusklearn.micrographs.io._read_micrograph",
    "pusklearn.micrographs.preprocessing._normalized",
    "pusklearn.micrographs.peaks._map_peaks",
    "pusklearn.pu.modules._conv_net_blueprint",
    "pusklearn.pu.modules._resnet16_blueprint",
    "pusklearn.pu.modules._resnet8_blueprint",
    "pusklearn.pu.network._dense_network",
]


@pytest.mark.parametrize("names", [LIGHT], ids=["what scoring needs"])
def test_no_heavy_library_is_loaded(names):
    program = f"import sys, {', '.join(names)}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(result.stdout.split())

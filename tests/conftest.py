import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir():
    """Folder of real data sets; tests that need it are skipped where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PUSKLEARN_DATA", default))
    if not folder.is_dir():
        pytest.skip("real data are not at hand (set PUSKLEARN_DATA to their folder)")
    return folder

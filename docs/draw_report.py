"""Draw docs/report.png, the first screen of a report; run it when the page changes.

It needs Chromium, by its name as the first argument or as "chromium".
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from pusklearn import PicksReport, make_picker
from pusklearn.datasets import make_micrographs

SIZE = (1120, 900)
SIMULATION = {
    "size": 384,
    "diameter": 24,
    "snr": 0.1,
    "contamination": 0.5,
    "random_state": 0,
}


def draw(path, browser):
    """Train a picker, write the report of other micrographs, and draw its top."""
    micrographs, particles = make_micrographs(12, **SIMULATION)
    picker = make_picker(24, threshold="probability:0.5", random_state=0)
    clicks = [points[:25] for points in particles[:4]]
    picker.fit(micrographs[:4], clicks)
    with TemporaryDirectory() as folder:
        page = PicksReport(picker, micrographs[4:]).save(Path(folder, "report.html"))
        picture = Path(folder, "report.png")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--virtual-time-budget=5000",
            f"--user-data-dir={folder}/browser",
            f"--window-size={SIZE[0]},{SIZE[1]}",
            f"--screenshot={picture}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)
        # Fewer colours make a smaller file.
        Image.open(picture).convert("RGB").quantize(256).save(path, optimize=True)


if __name__ == "__main__":
    draw(Path(__file__).parent / "report.png", *sys.argv[1:2] or ["chromium"])

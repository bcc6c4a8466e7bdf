"""What the user wants of a run of picking."""

from pathlib import Path
from typing import NamedTuple

from pusklearn.commands._cluster import Cluster
from pusklearn.commands._general_model import Particle


class Settings(NamedTuple):
    """What the user wants, see the options of ``pusklearn pick``."""

    model: Path | str
    format: str
    threshold: float | str | None
    margin: str | None
    box_size: str | None
    mask: Path | None
    pixel_size: float | None
    on_error: str
    overwrite: bool
    jobs: int
    threads: int | None
    device: str
    particle: Particle | None = None
    report: bool = False
    cluster: Cluster | None = None

    @property
    def n_expected(self) -> float | None:
        """Particles of a micrograph, if they set the threshold after all are picked."""
        if self.particle is None or self.threshold != "prior":
            return None
        return self.particle.per_micrograph

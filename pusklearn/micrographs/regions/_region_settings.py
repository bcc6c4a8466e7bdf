"""Settings of a training that follow from the number of labelled particles."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.regions._find_particles import find_particles
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._samples import MOST_STEPS
from pusklearn.pu.modules._layers import PIXEL_DROPOUT

# The fewer the labels, the sooner a network overfits them; dropping more pixels delays
# this. The study of labels compares 10 labels with and without each of these settings.
STEPS_OF_PARTICLES = 60
LEAST_PER_ROOT_OF_PARTICLES = 10
MOST_PER_ROOT_OF_PARTICLES = 20
ENOUGH_PARTICLES = 50  # for the usual share of missing pixels
MOST_PIXEL_DROPOUT = 0.5
# Labelled particles from which a high learning rate finds as many others. It was
# measured with 100. From 10 it learnt these by heart; from 1,000 it reached less.
LEAST_FOR_HIGH_RATES, MOST_FOR_HIGH_RATES = 80, 300


def count_particles(regions: TiledRegions, positives: NDArray[np.integer]) -> int:
    """Count the labelled particles; labelled regions that touch are one particle."""
    return sum(map(len, find_particles(regions, positives)))


def steps_of_epoch(n_particles: int) -> int:
    """Return the number of updates in an epoch for a number of labelled particles."""
    most = round(MOST_PER_ROOT_OF_PARTICLES * sqrt(n_particles))
    return max(least_steps(n_particles), min(STEPS_OF_PARTICLES, most))


def least_steps(n_particles: int) -> int:
    """Return the least number of updates in an epoch for a number of particles."""
    return min(round(LEAST_PER_ROOT_OF_PARTICLES * sqrt(n_particles)), MOST_STEPS)


def input_dropout(n_particles: int) -> float:
    """Return the share of pixels to drop for a number of labelled particles."""
    share = PIXEL_DROPOUT * sqrt(ENOUGH_PARTICLES / n_particles)
    return min(max(PIXEL_DROPOUT, share), MOST_PIXEL_DROPOUT)

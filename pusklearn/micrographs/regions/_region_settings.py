"""Settings of a training that follow from the number of labelled particles."""

from math import sqrt

from pusklearn.micrographs.regions._folds_sharing_no_particle import find_particles
from pusklearn.pu._samples import MOST_STEPS
from pusklearn.pu.modules._layers import PIXEL_DROPOUT

# The fewer the labels, the sooner a network knows them by heart; with more pixels
# missing it does so later. The study of labels has 10 of them with each left out.
STEPS_OF_PARTICLES = 60
LEAST_PER_ROOT_OF_PARTICLES = 10
MOST_PER_ROOT_OF_PARTICLES = 20
ENOUGH_PARTICLES = 50  # for the usual share of missing pixels
MOST_PIXEL_DROPOUT = 0.5


def count_particles(regions, positives):
    """Count the labelled particles: labelled regions that touch are one."""
    return sum(map(len, find_particles(regions, positives)))


def steps_of_epoch(n_particles):
    """Return the updates of an epoch for so many labelled particles."""
    most = round(MOST_PER_ROOT_OF_PARTICLES * sqrt(n_particles))
    return max(least_steps(n_particles), min(STEPS_OF_PARTICLES, most))


def least_steps(n_particles):
    """Return the fewest updates of an epoch for so many labelled particles."""
    return min(round(LEAST_PER_ROOT_OF_PARTICLES * sqrt(n_particles)), MOST_STEPS)


def input_dropout(n_particles):
    """Return the share of pixels to drop for so many labelled particles."""
    share = PIXEL_DROPOUT * sqrt(ENOUGH_PARTICLES / n_particles)
    return min(max(PIXEL_DROPOUT, share), MOST_PIXEL_DROPOUT)

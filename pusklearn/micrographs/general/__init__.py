"""A picker that has learnt from simulated micrographs alone."""

"""Simulated micrographs."""

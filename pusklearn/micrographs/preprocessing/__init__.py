"""Transformers from micrographs to micrographs."""

"""Scores of classifiers from PU data."""

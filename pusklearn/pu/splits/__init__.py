"""Folds, and the scores of samples that are held out."""

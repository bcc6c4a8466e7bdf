"""Estimators around any classifier."""

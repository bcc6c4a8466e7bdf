"""Scores of picks."""

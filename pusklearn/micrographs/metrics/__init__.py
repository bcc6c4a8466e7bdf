"""Scores and pictures of picks."""

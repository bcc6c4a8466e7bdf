"""Picks whose label helps most."""

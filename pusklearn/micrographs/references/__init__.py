"""Picking by reference images."""

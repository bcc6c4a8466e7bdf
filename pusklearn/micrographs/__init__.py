"""Particle picking: one row is one micrograph."""

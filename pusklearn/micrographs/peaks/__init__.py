"""From score maps to picks."""

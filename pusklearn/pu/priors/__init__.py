"""The share of positives: of a data set, and estimated from scores."""

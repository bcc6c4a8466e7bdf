"""`PUClassifier` and what trains its network."""

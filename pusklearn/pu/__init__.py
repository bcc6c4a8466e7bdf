"""General positive-unlabeled learning: one row is one sample."""

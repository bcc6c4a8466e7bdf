"""Pictures of classifiers and of their training."""

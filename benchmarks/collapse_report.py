"""The page of the benchmark of collapses: its tables and its figure."""


def report(table, conditions, folder):
    """Write the page and its figure."""

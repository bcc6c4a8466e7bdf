"""Short summaries of pickers and picks for notebooks."""

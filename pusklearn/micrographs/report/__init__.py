"""The report of picks: one page of HTML that a microscopist can judge by."""

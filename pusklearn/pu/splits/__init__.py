"""Cross-validation: splits of PU data, and scores of samples that are held out."""

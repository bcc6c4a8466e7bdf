"""Files of micrographs and coordinates."""

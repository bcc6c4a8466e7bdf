"""`Micrograph`, lists of them, and points on them."""

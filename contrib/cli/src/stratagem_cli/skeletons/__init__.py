"""Distributions to start from: what ``stratagem new`` writes. Words between percent signs are filled in."""

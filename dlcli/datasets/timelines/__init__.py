"""Whole recordings with a label for each sample, and what is asked of them."""

"""What published sets of small images have in common."""

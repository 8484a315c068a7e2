"""What all datasets of texts have in common: tokens, vocabularies, windows and labelled lines."""

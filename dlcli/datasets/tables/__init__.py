"""What datasets with one example a row are made of."""

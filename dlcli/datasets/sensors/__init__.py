"""What datasets of sensor recordings are made of."""

"""Run folders: what is written for each training, and how to find it again. Nothing here imports TensorFlow."""

"""Training and evaluation. Importing this package loads TensorFlow, quietly and with Keras on top of it."""

from dlcli.backend import load_tensorflow

load_tensorflow()

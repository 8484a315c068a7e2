"""Train, evaluate and compare Keras models described in YAML experiment specs."""

__version__ = "0.1.0"

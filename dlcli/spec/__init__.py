"""Experiment specs: YAML in, a typed and frozen tree out. Nothing here imports TensorFlow."""

from dlcli.spec.experiment import Experiment
from dlcli.spec.load import dump, load, load_recorded

__all__ = ["Experiment", "dump", "load", "load_recorded"]

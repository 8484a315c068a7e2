"""Layers that give the same result on any number of devices, where Keras' own do not."""

from dlcli.backend import load_tensorflow

load_tensorflow()

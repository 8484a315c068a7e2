"""What Keras lacks: layers that give the same result on any number of devices, and a warm-up for any schedule."""

from dlcli.backend import load_tensorflow

load_tensorflow()

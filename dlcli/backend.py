"""Brings TensorFlow and Keras up the way dlcli needs them, whatever the user's environment says."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from dlcli.errors import UsageError

_NOISE = re.compile(rb"^(WARNING: All log messages before absl|[IWE]\d{4} )")


def load_tensorflow(*, quiet: bool = True, with_onednn: bool | None = None) -> None:
    """Imports TensorFlow and Keras 3 on TensorFlow; later calls do nothing.

    Another `KERAS_BACKEND` is overruled, and so are the backend, float type, epsilon and image format of the user's
    `keras.json`: a spec means the same on every machine. oneDNN's kernels are used unless the environment says
    `TF_ENABLE_ONEDNN_OPTS=0`, or `with_onednn` says otherwise, as for a run that goes on. With `quiet`, TensorFlow's
    start-up messages are dropped; anything else printed to standard error meanwhile is printed afterwards.
    Raises UsageError where another backend of Keras was loaded before.
    """
    if "keras" not in sys.modules:
        if quiet:
            # Several runs in one process, as of folds, are no mistake, though TensorFlow warns of retracing.
            logging.getLogger("tensorflow").setLevel(logging.ERROR)
        os.environ["KERAS_BACKEND"] = "tensorflow"
        # TensorFlow takes oneDNN's kernels of itself only where a processor has AVX-512 or the like. Without those,
        # LSTMs, dense layers and large convolutions are up to twice as fast with it too.
        if with_onednn is not None:
            os.environ["TF_ENABLE_ONEDNN_OPTS"] = str(int(with_onednn))
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
        if quiet:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
            with _without_noise():
                _import()
        else:
            _import()
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UsageError(f"Keras was loaded with backend {keras.backend.backend()!r} before; dlcli needs 'tensorflow'")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")


def onednn() -> bool:
    """Whether TensorFlow was told to compute with oneDNN's kernels, which round otherwise than its own."""
    return os.environ.get("TF_ENABLE_ONEDNN_OPTS") != "0"


def _import() -> None:
    import tensorflow as tf

    # The first look at the devices is what loads CUDA, and says so at length.
    tf.config.list_physical_devices()


@contextmanager
def _without_noise() -> Iterator[None]:
    # The messages come from C++, so the file descriptor itself must be turned aside.
    sys.stderr.flush()
    aside = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(aside, 2)
            os.close(aside)
            caught.seek(0)
            for line in caught:
                if not _NOISE.match(line):
                    os.write(2, line)

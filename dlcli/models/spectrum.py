"""A second reading of signals, by their frequencies, beside that of their samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError
from dlcli.models.feed_forward import Names, Rate, dropped, head, normalised, penalty

if TYPE_CHECKING:
    import keras

_KEY = ("model", "spectrum")


class Spectrum(Component):
    """A small network that reads how strong each frequency is in each channel, frame by frame, as a logarithm.

    It tells apart what differs by faint movements, such as sitting from standing, which samples hardly show beside the
    strong movements of others. It also reads each frame's mean, as a logarithm has no sign. Blocks of a convolution
    over the frames, batch normalisation, ReLU and dropout; then the mean over time.
    Source: Short-time Fourier transform with a Hann window, as in Keras' STFTSpectrogram; a second set of features
    beside a convolutional network's as in Ignatov 2018, https://doi.org/10.1016/j.asoc.2017.09.027, who takes
    statistics of the samples.
    """

    frame: Annotated[int, Field(ge=2)] = 32
    """Steps in a frame; half as many frequencies are told apart."""
    hop: PositiveInt = 8
    """Steps from one frame's beginning to the next's; at most `frame`."""
    filters: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (64,)
    """Channels that each convolution over the frames gives, from the input upwards."""
    kernel_size: PositiveInt = 3
    """How many frames a convolution sees."""
    input_dropout: Rate = 0.2
    """Share of what is read that is set to zero at random in training."""
    dropout: Rate = 0.5
    """Share of each convolution's outputs that is set to zero at random in training."""
    l2: NonNegativeFloat = 1e-3
    """Weight of the sum of squared kernel entries in the training loss."""


class Spectral(Protocol):
    """A model of signals that may read their frequencies, too."""

    @property
    def spectrum(self) -> Spectrum | None:
        """What reads them; None: nothing does."""


def refuse_no_signal(spec: Spectral, shape: tuple[int | None, ...]) -> None:
    """Raises UsageError where frequencies are to be read of examples that have none; None stands for any size."""
    spectrum = spec.spectrum
    if spectrum is None:
        return
    if spectrum.hop > spectrum.frame:
        raise UsageError(
            f"model: spectrum.hop (={spectrum.hop}) leaves steps between frames of {spectrum.frame}; at most that",
            at=(*_KEY, "hop"),
        )
    if len(shape) != 2:
        raise UsageError(
            f"model: spectrum: signals (T, C) have frequencies; each example here has the shape {shape_text(shape)}",
            at=_KEY,
        )
    if shape[0] is not None and shape[0] < spectrum.frame:
        raise UsageError(
            f"model: spectrum.frame (={spectrum.frame}) is longer than a signal, which has {shape[0]} steps",
            at=(*_KEY, "frame"),
        )


def with_spectrum(made: keras.KerasTensor, x: keras.KerasTensor, spec: Spectral) -> keras.KerasTensor:
    """What a model has made of signals, with what their frequencies say added to it, if they are read.

    x: (B, T, C); made: (B, outputs) -> the same shape. Raises UsageError where x has no frequencies, and where steps of
    it are masked.
    """
    import keras

    from dlcli.models.masks import mask_of

    if spec.spectrum is None:
        return made
    refuse_no_signal(spec, x.shape[1:])
    if mask_of(x) is not None:
        raise UsageError("model: spectrum: signals here have different lengths, and filling has frequencies", at=_KEY)
    added = _read(x, made.shape[-1], spec.spectrum)
    return keras.layers.Add(name="with_spectrum")([made, added])


def _read(x: keras.KerasTensor, outputs: int, spec: Spectrum) -> keras.KerasTensor:
    """x: (B, T, C) -> (B, outputs)."""
    import keras

    from dlcli.layers.batch_norm import BatchNorm

    names = _Names()
    power = keras.layers.STFTSpectrogram(
        mode="log", frame_length=spec.frame, frame_step=spec.hop, trainable=False, name="spectrum"
    )(x)
    power = BatchNorm(center=False, scale=False, name="spectrum_scaled")(power)
    means = keras.layers.AveragePooling1D(spec.frame, strides=spec.hop, name="spectrum_means")(x)
    h = keras.layers.Concatenate(name="spectrum_inputs")([power, means])
    h = dropped(h, names, spec.input_dropout, kind="input_dropout")
    for filters in spec.filters:
        h = keras.layers.Conv1D(
            filters, spec.kernel_size, padding="same", use_bias=False, kernel_initializer="he_normal",
            kernel_regularizer=penalty(spec.l2), name=names("conv"),
        )(h)  # fmt: skip
        h = keras.layers.Activation("relu", name=names("activation"))(normalised(h, names, batch_norm=True))
        h = dropped(h, names, spec.dropout)
    h = keras.layers.GlobalAveragePooling1D(name="spectrum_pooled")(h)
    return head(h, outputs, regularizer=penalty(spec.l2), name="spectrum_head")


class _Names(Names):
    """Names that no layer of the model beside it has."""

    def __call__(self, kind: str) -> str:
        return f"spectrum_{super().__call__(kind)}"

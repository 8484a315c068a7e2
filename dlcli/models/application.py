"""The published networks that come with Keras."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from dlcli.component import Component, shape_text
from dlcli.errors import MissingData, UsageError
from dlcli.models.convolution import Pooling, pooled, refuse_unless_image
from dlcli.models.feed_forward import Names, Rate, dropped, head, penalty
from dlcli.paths import PathText

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook

Network = Literal[
    "VGG16", "VGG19", "InceptionV3", "Xception", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2",
    "ResNet152V2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "DenseNet121", "DenseNet169",
    "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4",
    "EfficientNetB5", "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2",
    "EfficientNetV2B3", "EfficientNetV2S", "EfficientNetV2M", "EfficientNetV2L",
]  # fmt: skip
_LEAST = {"InceptionV3": 75, "Xception": 71}
"""Pixels that an image must have either way, where it is not 32."""
_BYTES = 255.0
_MEANS, _DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue over ImageNet, from 0 to 1."""
_BLUE_FIRST = (103.939, 116.779, 123.68)
"""The means of blue, green and red over ImageNet, from 0 to 255."""


class MissingWeights(MissingData):
    """Published weights that are not to be had. why: what is wrong with them; the message has where, and a hint."""

    def __init__(self, weights: str, why: str, hint: str = "") -> None:
        super().__init__(f"model.weights (={weights}): {why}{hint}", at=("model", "weights"))
        self.why = why


class Application(Component):
    """A published network for photos, from Keras Applications: VGG, ResNet, MobileNet, DenseNet, EfficientNet, ...

    x: (B, H, W, C) float32 raw pixels, C = 1 or 3 -> (B, K) logits. Grey images are read as coloured ones. The network
    sees pixels as its published weights expect them, so that `normalize` says nothing here. Its batch normalisation
    and dropout are dlcli's own; where it is frozen, batch normalisation goes by its moving averages.
    Raises UsageError for images that are too small or of other channels, MissingData where the weights are not there
    or cannot be downloaded.
    Source: https://keras.io/api/applications/, which names the authors of each network.
    """

    reads_raw: ClassVar[bool] = True
    """Whether it reads examples as they are, and scales them itself."""

    type: Literal["application"] = "application"
    network: Network = Field(default="MobileNetV2", examples=["ResNet50"])
    """Which network, by the name that Keras gives it."""
    weights: Literal["imagenet"] | PathText | None = Field(default=None, examples=["imagenet"])
    """What it begins with: random weights (null), those published for ImageNet, which Keras downloads into its own
    folder (~/.keras), or those in a file that Keras wrote for this network."""
    frozen: bool = False
    """Whether its weights stay as they are, so that the head alone is trained."""
    whole: bool = False
    """Whether it has its own layers between convolutions and head, such as the two dense ones of VGG16. Weights from
    ImageNet then fit images of the published size alone."""
    pooling: Pooling = "mean"
    """How the last convolution's outputs become one vector, unless the network is whole."""
    white: PositiveFloat = _BYTES
    """The number that is white in the dataset's images: 255, or 1 where they go from 0 to 1."""
    dropout: Rate = 0.0
    """Share of the head's inputs that is set to zero at random in training."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared entries of the head's kernel in the training loss."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"network": "MobileNetV2"}

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are no images, or too small; None stands for any size."""
        refuse_unless_image(shape, f"application ({self.network})", _LEAST.get(self.network, 32))
        if shape[-1] not in (1, 3, None):
            raise UsageError(
                f"model: application ({self.network}) reads images of 1 or 3 channels; here they are "
                f"{shape_text(shape)}"
            )

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, H, W, C) -> (B, outputs)."""
        features = dropped(self.features(x), Names(), self.dropout)
        return head(features, outputs, regularizer=penalty(self.l2))

    def features(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """What the head reads: x (B, H, W, C) -> (B, F)."""
        import keras

        from dlcli.layers.inline import inlined

        self.refuse_unfit(x.shape[1:])
        network = self._network((*x.shape[1:3], 3))
        if x.shape[-1] == 1:
            x = keras.layers.Concatenate(name="grey_as_colours")([x, x, x])
        weighty = [operation.name for operation in network.operations if getattr(operation, "weights", ())]
        x, pairs = inlined(network, self._expected(x), until=weighty[-1] if self.whole else None)
        for old, new in pairs:
            if self.weights is not None:
                new.set_weights(old.get_weights())
            new.trainable = not self.frozen
        return pooled(x, "flatten" if self.whole else self.pooling)

    def _network(self, shape: tuple[int, int, int]) -> keras.Model:
        """Keras' own model, with its weights."""
        import keras

        if self.weights not in (None, "imagenet") and not Path(self.weights).is_file():
            raise MissingWeights(self.weights, "there is no such file")
        make: Any = getattr(keras.applications, self.network)
        try:
            with warnings.catch_warnings():
                # Keras would leave layers that a file does not have as they are, and only warn.
                warnings.filterwarnings("error", "Skipping nested container")
                warnings.filterwarnings("ignore", "`input_shape` is undefined or non-square")
                # A thousand classes, as published: what predicts them is left out.
                return make(include_top=self.whole, weights=self.weights, input_shape=shape)
        except Exception as error:  # Keras raises plain ones, also where there is no network
            if self.weights is None:
                raise
            why = " ".join(str(error).split())[:300]
            if self.weights != "imagenet":
                said = f"is no file of weights that Keras wrote for {self.network} ({why})"
                raise MissingWeights(self.weights, said) from error
            hint = (
                ". Where there is no network, give the path of a file of them, or null for random weights; of a whole "
                "network they fit images of the published size alone"
            )
            raise MissingWeights(self.weights, f"could not be had ({why})", hint) from error

    def _expected(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Pixels (B, H, W, 3) as the network's published weights expect them."""
        import keras

        if self.network.startswith(("EfficientNet", "MobileNetV3")):  # these have layers for it
            return x if self.white == _BYTES else self._rescaled(x, _BYTES / self.white, 0.0)
        if self.network.startswith("DenseNet"):
            scale = [1 / (self.white * deviation) for deviation in _DEVIATIONS]
            shift = [-mean / deviation for mean, deviation in zip(_MEANS, _DEVIATIONS, strict=True)]
            return self._rescaled(x, scale, shift)
        if self.network.startswith("VGG") or self.network in ("ResNet50", "ResNet101", "ResNet152"):
            return self._rescaled(keras.ops.flip(x, axis=-1), _BYTES / self.white, [-mean for mean in _BLUE_FIRST])
        return self._rescaled(x, 2 / self.white, -1.0)

    def _rescaled(self, x: keras.KerasTensor, scale: Any, shift: Any) -> keras.KerasTensor:
        import keras

        return keras.layers.Rescaling(scale, shift, name="as_published")(x)

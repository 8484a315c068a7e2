"""dlcli data: what is made of data before it is trained on"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.options import Verbose, at_least
from dlcli.errors import MissingData, UsageError

if TYPE_CHECKING:
    from dlcli.models.application import Application

_RANDOM = "random"
_WEIGHTS = "imagenet (downloaded by Keras), random, or a file that Keras wrote"

app = typer.Typer(no_args_is_help=True, help="Make data ready to train on.")


@app.callback()
def _group() -> None:
    pass


@app.command("features", short_help="Turn folders of frames into features, by a published network.")
def features(
    folder: Annotated[Path, typer.Argument(metavar="FRAMES", help="Holds a folder of images for each recording.")],
    out: Annotated[Path, typer.Argument(metavar="FEATURES", help="A new folder, for an .npz file of each recording.")],
    network: Annotated[
        str, typer.Option("--network", help="Which one of Keras Applications, by its name there.")
    ] = "MobileNetV2",
    weights: Annotated[str, typer.Option("--weights", help=f"{_WEIGHTS}.")] = "imagenet",
    size: Annotated[
        int,
        typer.Option(
            "--size",
            metavar="PIXELS",
            parser=at_least("--size", 1),
            help="Pixels either way that frames are scaled to.",
        ),
    ] = 224,
    pooling: Annotated[
        str, typer.Option("--pooling", help="mean or max over what the last convolution gives; flatten: all of it.")
    ] = "mean",
    rate_hz: Annotated[
        float | None,
        typer.Option(
            "--rate-hz",
            metavar="NUMBER",
            parser=at_least("--rate-hz", 0.001),
            help="Frames per second, written into the files.",
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Turn the frames of recordings into features: what a published network makes of each picture.

    Training on these is quick, since the network is run once. A labels.csv beside the folders (recording, start, end,
    label) goes along; `dataset: {type: frames, path: FEATURES}` reads the result (docs/timelines.md).
    """
    spec = _network(network, weights, pooling, size)
    from dlcli.backend import load_tensorflow

    load_tensorflow(quiet=not verbose)
    from dlcli.models.application import MissingWeights
    from dlcli.training.features import write_features

    try:
        write_features(folder, out, spec, size, rate_hz, typer.echo)
    except MissingWeights as error:
        # There is no spec here: what it would say of `model.weights` is said of the option.
        raise MissingData(f"--weights {weights}: {error.why}; expected {_WEIGHTS}") from None


def _network(network: str, weights: str, pooling: str, size: int) -> Application:
    """The network that the options name. Raises UsageError for what is none, or cannot read frames of this size."""
    from pydantic import ValidationError

    from dlcli.models.application import Application
    from dlcli.spec.wording import told

    values = {"network": network, "weights": None if weights == _RANDOM else weights, "pooling": pooling}
    try:
        spec = Application.model_validate(values)
    except ValidationError as error:
        wrong = error.errors()[-1]
        field = str(wrong["loc"][0])
        raise UsageError(f"--{field} {values[field]}: {told(wrong)}") from None
    try:
        spec.refuse_unfit((size, size, 3))
    except UsageError as error:
        raise UsageError(f"--size {size}: {str(error).removeprefix('model: ')}") from None
    return spec

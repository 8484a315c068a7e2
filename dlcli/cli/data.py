"""dlcli data: what is made of data before it is trained on"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlcli.cli.options import Verbose
from dlcli.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Make data ready to train on.")


@app.callback()
def _group() -> None:
    pass


@app.command("features", short_help="Turn folders of frames into features, by a published network.")
def features(
    folder: Annotated[Path, typer.Argument(metavar="FRAMES", help="Holds a folder of images for each recording.")],
    out: Annotated[Path, typer.Argument(metavar="FEATURES", help="A new folder, for an .npz file of each recording.")],
    network: Annotated[
        str, typer.Option("--network", help="Which one of Keras Applications, as in `model: application`.")
    ] = "MobileNetV2",
    weights: Annotated[
        str, typer.Option("--weights", help="imagenet (downloaded by Keras), random, or a file that Keras wrote.")
    ] = "imagenet",
    size: Annotated[int, typer.Option("--size", min=1, help="Pixels either way that frames are scaled to.")] = 224,
    pooling: Annotated[
        str, typer.Option("--pooling", help="mean or max over what the last convolution gives.")
    ] = "mean",
    rate_hz: Annotated[
        float | None, typer.Option("--rate-hz", min=0.001, help="Frames per second, written into the files.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Turn the frames of recordings into features: what a published network makes of each picture.

    Training on these is quick, since the network is run once. A labels.csv beside the folders (recording, start, end,
    label) goes along; `dataset: {type: frames, path: FEATURES}` reads the result (docs/timelines.md).
    """
    from pydantic import ValidationError

    from dlcli.models.application import Application

    values = {"network": network, "weights": None if weights == "random" else weights, "pooling": pooling}
    try:
        spec = Application.model_validate(values)
    except ValidationError as error:
        wrong = error.errors()[0]
        field = wrong["loc"][0]
        raise UsageError(f"--{field} {values[str(field)]}: {wrong['msg']}") from None
    from dlcli.backend import load_tensorflow

    load_tensorflow(quiet=not verbose)
    from dlcli.training.features import write_features

    write_features(folder, out, spec, size, rate_hz, typer.echo)

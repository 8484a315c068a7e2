"""Reads image files as people see them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dlcli.errors import DataError

Color = Literal["rgb", "gray"]


def read_picture(path: Path, size: tuple[int, ...] | None, color: Color) -> NDArray[np.uint8]:
    """One image, (H, W, C), turned upright as its EXIF data says, scaled to `size` (height, width) if that is given.

    Raises DataError where the file is damaged, no image, or has more than 8 bits a channel.
    """
    try:
        with Image.open(path) as file:
            if file.mode.startswith(("I", "F")):
                raise DataError(f"{path}: has more than 8 bits a channel ({file.mode}); expected 8, save it so")
            image: Image.Image = ImageOps.exif_transpose(file)
            image = _opaque(image).convert("RGB" if color == "rgb" else "L")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise DataError(f"{path}: is damaged or not an image ({error}); mend or remove it") from None
    if size is not None:
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


def _opaque(image: Image.Image) -> Image.Image:
    # Palettes with transparency turn into colours only by way of their transparent form.
    return image.convert("RGBA") if image.mode == "P" and "transparency" in image.info else image

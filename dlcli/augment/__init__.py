"""Distortions of training examples, each chosen by its `type`."""

from typing import Annotated

from dlcli.augment.affine import Affine
from dlcli.augment.channel_dropout import ChannelDropout
from dlcli.augment.crop import Crop
from dlcli.augment.cutout import Cutout
from dlcli.augment.elastic import Elastic
from dlcli.augment.flip import Flip
from dlcli.augment.jitter import Jitter
from dlcli.augment.mixup import Mixup
from dlcli.augment.rotate_axes import RotateAxes
from dlcli.augment.scale import Scale
from dlcli.augment.time_shift import TimeShift
from dlcli.component import ByType

Augmentation = Annotated[
    Affine | ChannelDropout | Crop | Cutout | Elastic | Flip | Jitter | Mixup | RotateAxes | Scale | TimeShift,
    ByType("augmentation"),
]

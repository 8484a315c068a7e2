"""stub"""

from typing import Annotated

from dlcli.augment.mixup import Mixup
from dlcli.component import ByType

Augmentation = Annotated[Mixup, ByType()]

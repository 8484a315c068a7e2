"""Models, distortions and devices that the examples do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from dlcli.augment import Augmentation
from dlcli.augment.transform import Distortion, ImageDistortion, SignalDistortion
from dlcli.component import Component
from dlcli.errors import UsageError
from dlcli.models.abilities import predicted_of, readers_of, refuse_unfit
from dlcli.models.ensemble import Ensemble, placed
from dlcli.spec.combinations.finding import AXES, MODEL, PREDICTS, SIZES, Finding, outlook_of
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path
from dlcli.spec.structure import classes_in, type_name
from dlcli.spec.suggest import listed
from dlcli.strategies.mirrored import Mirrored

_FITTING: dict[int, type[Distortion]] = {2: SignalDistortion, 3: ImageDistortion}


def model_that_cannot_read(experiment: Experiment) -> Iterator[Finding]:
    """Recurrent and convolutional models read signals and images, no rows of a table."""
    shape, tokens = experiment.dataset.outlook().shape, experiment.dataset.outlook().tokens
    for place, model in _models(experiment):
        if shape is None or tokens or not hasattr(model, "refuse_unfit"):
            continue
        try:
            model.refuse_unfit(shape)
        except UsageError as error:
            path = placed(error.at or ("model", "type"), place)
            hint = f"{readers_of(shape)} read rows of a table" if len(shape) == 1 else ""
            own = (placed(("model", name), place) for name in type(model).__pydantic_fields__)
            yield Finding(path, str(error).removeprefix("model: "), hint, (*SIZES, *own))


def model_that_cannot_predict(experiment: Experiment) -> Iterator[Finding]:
    """Some models read no texts, some make no prediction at each step."""
    outlook = outlook_of(experiment)
    for place, model in _models(experiment):
        try:
            refuse_unfit(model, tokens=outlook.tokens, predicts=predicted_of(outlook))
        except UsageError as error:
            path = placed(error.at or ("model", "type"), place)
            yield Finding(path, str(error).removeprefix("model: "), because=PREDICTS)


def inputs_that_cannot_be_given_back(experiment: Experiment) -> Iterator[Finding]:
    """Categories are no numbers that could be nearly right, and only pixels are chances."""
    dataset, model = experiment.dataset, experiment.model
    if not getattr(model, "reconstructs", False):
        return
    outlook = dataset.outlook()
    for i, name in enumerate(getattr(dataset, "categorical", ())):
        said = f"`{name}` is a column of categories; {model.type} gives back numbers (`model.type`)"
        yield Finding(("dataset", "categorical", i), said, "leave the column out (`drop`)", (*AXES, *MODEL))
    if getattr(model, "loss", "mse") == "cross_entropy" and outlook.shape is not None and len(outlook.shape) != 3:
        said = f"cross_entropy is of pixels; the examples of {dataset.type} are no images"
        yield Finding(("model", "loss"), said, "mse", (*AXES, *MODEL))


def distortions_that_do_not_fit(experiment: Experiment) -> Iterator[Finding]:
    """Images are distorted in other ways than signals, and not by more than they hold."""
    shape, tokens = experiment.dataset.outlook().shape, experiment.dataset.outlook().tokens
    for i, part in enumerate(experiment.augment):
        if tokens:
            yield Finding(("augment", i), f"{part.type} changes numbers; here examples are texts", because=AXES)
        if tokens or shape is None or not isinstance(part, Distortion):
            continue
        try:
            part.refuse_unfit(shape)
        except UsageError as error:
            fitting = _FITTING.get(len(shape))
            of_kind = fitting is not None and isinstance(part, fitting)
            names = [type_name(cls) or "" for cls in classes_in(Augmentation) if _fits(cls, fitting)]
            hint = "" if of_kind else listed("one of", names)
            said = str(error).removeprefix("augment: ")
            yield Finding(("augment", i), said, hint, SIZES if of_kind else AXES)


def batches_too_small(experiment: Experiment) -> Iterator[Finding]:
    """Each device takes a share of every batch, and works through it in parts."""
    train, strategy = experiment.train, experiment.strategy
    named = (strategy.devices if isinstance(strategy, Mirrored) else None) or ()
    devices, parts = max(1, len(named)), train.accumulation_steps
    why: tuple[Path, ...] = (("train", "batch_size"), ("strategy", "type"), ("strategy", "devices"))
    if train.batch_size < devices:
        said = f"a batch of {train.batch_size} cannot be shared by {devices} devices (`strategy.devices`)"
        yield Finding(("train", "batch_size"), said, f"at least {devices}", why)
    elif train.batch_size < devices * parts:
        each = "" if devices == 1 else f" by each of {devices} devices"
        said = f"a batch of {train.batch_size} cannot be worked through in {parts} parts{each} (`train.batch_size`)"
        hint = f"at most {train.batch_size // devices}"
        yield Finding(("train", "accumulation_steps"), said, hint, why)


def heads_frozen_at_random(experiment: Experiment) -> Iterator[Finding]:
    """What starts anew must be trained."""
    start = experiment.init_from
    if start is None or start.head:
        return
    for i, pattern in enumerate(start.freeze):
        if fnmatchcase("head", pattern):
            path: Path = ("init_from", "freeze", i)
            said = (
                f"`{pattern}` freezes the head, too, which starts anew (`init_from.head` is false) and must be trained"
            )
            yield Finding(path, said, because=(("init_from", "head"),))


def _models(experiment: Experiment) -> Iterator[tuple[Path, Component]]:
    """The model, or the members of an ensemble as they are written, each with the keys below `model` to it."""
    model = experiment.model
    yield from dict(model.placed).items() if isinstance(model, Ensemble) else [((), model)]


def _fits(distortion: type[Component], kind: type[Distortion] | None) -> bool:
    return not issubclass(distortion, Distortion) or (kind is not None and issubclass(distortion, kind))

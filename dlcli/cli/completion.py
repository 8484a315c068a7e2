"""What the shell offers when Tab is pressed: specs, runs, and the paths of `--set`. Never imports TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer

from dlcli.shipped import shipped

if TYPE_CHECKING:
    from dlcli.component import Component

_SUFFIXES = (".yaml", ".yml")


def complete_specs(incomplete: str) -> list[str]:
    """Shipped configs by name, and spec files and folders by path."""
    names = sorted(path.stem for path in shipped("configs").glob("*.yaml"))
    return [name for name in names if name.startswith(incomplete)] + _files(incomplete)


def _files(incomplete: str) -> list[str]:
    folder, _, begun = incomplete.rpartition("/")
    lead = incomplete.removesuffix(begun)
    try:
        found = sorted(Path(folder or ("/" if lead else ".")).expanduser().iterdir())
    except OSError:
        return []
    found = [
        path for path in found if path.name.startswith(begun) and path.name.startswith(".") <= begun.startswith(".")
    ]
    files = [f"{lead}{path.name}" for path in found if path.suffix in _SUFFIXES and path.is_file()]
    folders = [f"{lead}{path.name}/" for path in found if path.is_dir()]
    # Where one folder is all that is left, the shell would take it and end the word; what is in it is of more use.
    return _files(folders[0]) or folders if len(folders) == 1 and not files else files + folders


def complete_runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of experiments with a run whose model can be evaluated, and after the slash their runs."""
    return _runs(ctx, incomplete, lambda folder: (folder / "model.keras").is_file())


def complete_all_runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The runs there are, each by its name and time."""
    paths = (f"{folder.parent.name}/{folder.name}" for folder in _folders(ctx))
    return [path for path in paths if path.startswith(incomplete)]


def complete_experiments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of experiments with runs."""
    names = dict.fromkeys(folder.parent.name for folder in _folders(ctx))
    return [name for name in names if name.startswith(incomplete)]


def complete_unfinished(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of experiments with a run that can be resumed, and after the slash their runs."""
    return _runs(ctx, incomplete, _is_unfinished)


def _is_unfinished(folder: Path) -> bool:
    try:
        info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(info, dict) and info.get("state") not in (None, "done")


def _folders(ctx: typer.Context) -> list[Path]:
    from dlcli.runs.find import runs_folder

    root = runs_folder(ctx.params.get("runs"))
    found = (info.parent for info in sorted(root.glob("*/*/run.json")))
    return [folder for folder in found if not folder.name.startswith(".")]  # hidden ones are being deleted


def _runs(ctx: typer.Context, incomplete: str, fits: Callable[[Path], bool]) -> list[str]:
    folders = list(filter(fits, _folders(ctx)))
    names = dict.fromkeys(folder.parent.name for folder in folders)
    paths = [f"{folder.parent.name}/{folder.name}" for folder in folders] if "/" in incomplete else []
    return [word for word in (*names, *paths) if word.startswith(incomplete)]


def complete_overrides(ctx: typer.Context, incomplete: str) -> list[str]:
    """Paths of values, with the types that the spec on the command line chooses; after `=` the words there are."""
    from dlcli.spec import Experiment

    path, equals, begun = incomplete.partition("=")
    # While the last option lacks its value, what else was typed is not taken apart.
    values = _values_of([ctx.params.get("spec"), *(ctx.params.get("specs") or []), *ctx.args])
    plugins = values.get("plugins")
    with _own_parts([Path(str(file)) for file in plugins] if isinstance(plugins, tuple) else []):
        known = dict(_paths(Experiment, values))
        words = _words(known[path]) if equals and path in known else []
    if equals:
        return [f"{path}={word}" for word in words if word.startswith(begun)]
    return [f"{name}=" for name in known if name.startswith(path)]


def complete_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Everything that can be described: types, families, keys."""
    from dlcli.spec.catalogue import known

    with _own_parts(ctx.params.get("plugins") or []):
        return [name for name in known() if name.startswith(incomplete)]


def complete_families(incomplete: str) -> list[str]:
    """Families of components, and the shipped configs."""
    from dlcli.spec.catalogue import FAMILIES

    return [name for name in (*FAMILIES, "configs") if name.startswith(incomplete)]


@contextmanager
def _own_parts(files: Sequence[Path]) -> Iterator[None]:
    """While entered, the parts of these files and of installed packages are known, as far as they can be had."""
    from dlcli.families import adding
    from dlcli.plugins.gathered import gather

    # Whatever a plugin prints while it is imported, the shell would take for a word to offer.
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        parts = gather(files).parts
    with adding(parts):
        yield


def _values_of(specs: Sequence[Any]) -> Mapping[str, object]:
    """What the first spec that can be read holds, with all that it extends, the paths of its plugins in full."""
    from dlcli.cli.options import spec_path
    from dlcli.errors import UsageError
    from dlcli.spec.load import resolve
    from dlcli.spec.own_parts import with_plugin_paths
    from dlcli.spec.reading import read

    for spec in filter(None, specs):
        with suppress(UsageError):
            return with_plugin_paths(resolve(read(spec_path(Path(spec))))).values
    return {}


def _paths(cls: type[Component], values: object, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every field below a class by its path, with its type; of several classes that of the one chosen, or all."""
    from dlcli.spec.structure import chosen, classes_of, type_name

    for name, field in cls.__pydantic_fields__.items():
        path, annotation = f"{above}{name}", field.annotation
        inner = classes_of(field)
        if name == "type":
            continue
        yield path, tuple(filter(None, map(type_name, inner))) or annotation
        if not inner or get_origin(annotation) is tuple:
            continue
        if len(inner) > 1:
            yield f"{path}.type", tuple(filter(None, map(type_name, inner)))
        given = values.get(name) if isinstance(values, Mapping) else None
        default = field.get_default(call_default_factory=True)
        one = chosen(inner, given) or (type(default) if isinstance(default, inner) and not given else None)
        for each in inner if one is None else (one,):
            if above.count(".") < 3:
                yield from _paths(each, given, f"{path}.")


def _words(annotation: Any) -> list[str]:
    """The words that a field of this type may hold; none where it holds numbers or free text."""
    if isinstance(annotation, tuple):
        return list(annotation)
    if annotation is bool:
        return ["true", "false"]
    if annotation is type(None):
        return ["null"]
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    return [word for each in get_args(annotation) for word in _words(each)]

"""dlcli list"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.completion import complete_families
from dlcli.cli.options import DataDir, Plugins

if TYPE_CHECKING:
    from dlcli.component import Component

CONFIGS = "configs"
YOURS, SHIPPED, HERE = "yours", "comes with dlcli", "here"


def list_(
    family: Annotated[
        str | None,
        typer.Argument(
            metavar="FAMILY",
            autocompletion=complete_families,
            help="datasets, models, optimizers, schedules, augmentations, strategies, metrics, configs.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    plugins: Plugins = None,
    data_dir: DataDir = None,
) -> None:
    """List what a spec can hold, and the configs that come with dlcli; of datasets, also whether they are here.

    Parts of installed packages and of the files that --plugins names are marked with where they come from.
    """
    from dlcli.cli.parts import known_parts
    from dlcli.errors import UsageError
    from dlcli.spec.catalogue import FAMILIES, family_called
    from dlcli.spec.suggest import among

    families = [*FAMILIES, CONFIGS]
    if family is not None and family != CONFIGS:
        wanted, family = family, family_called(family)
        if family is None:
            raise UsageError(f"dlcli list: there is no family {wanted!r}\n{among(wanted, families)}")
    with known_parts(plugins) as gathered:
        if as_json:
            _print_json(families if family is None else [family])
        elif family is None:
            _show_all(families)
        elif family == CONFIGS:
            _show_configs()
        else:
            _show(family)
        for fault in gathered.faults.values():
            typer.echo(f"note: {fault}", err=True)


def state_of(cls: type[Component]) -> str:
    """Of a dataset of dlcli's own: whether its files are here; of another component: nothing."""
    from dlcli.datasets.folder import data_folder
    from dlcli.datasets.spec import DatasetSpec
    from dlcli.plugins.gathered import origin_of

    if not issubclass(cls, DatasetSpec) or origin_of(cls):
        return ""
    if cls.facts is None:
        return YOURS if "path" in cls.__pydantic_fields__ else SHIPPED
    if not cls.facts.download_bytes:
        return SHIPPED
    return HERE if cls.place(data_folder()) else f"{megabytes(cls.facts.download_bytes)} to download"


def megabytes(size: int) -> str:
    """A size in words."""
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{max(size / 1e6, 0.1):.1f} MB"


def _names(family: str) -> list[str]:
    from dlcli.plugins.gathered import origin_of
    from dlcli.spec.catalogue import configs, types

    if family == CONFIGS:
        return [config.name for config in configs()]
    return [f"{name} ({origin})" if (origin := origin_of(cls)) else name for name, cls in types(family).items()]


def _show_all(families: list[str]) -> None:
    from dlcli.cli.page import Page

    page = Page()
    page.table([(family, ", ".join(_names(family))) for family in families])
    page.gap()
    page.table(
        [
            ("dlcli list models", "says what each of them is"),
            ("dlcli describe lstm", "explains one of them, with its keys and an example"),
        ]
    )
    page.show()


def _show(family: str) -> None:
    from dlcli.cli.page import Page
    from dlcli.datasets.folder import data_folder
    from dlcli.plugins.gathered import origin_of
    from dlcli.spec.catalogue import FAMILIES, summary, types

    page = Page()
    rows = [(name, origin_of(cls) or state_of(cls), summary(cls)) for name, cls in types(family).items()]
    page.table(rows if any(state for _, state, _ in rows) else [(name, text) for name, _, text in rows])
    page.gap()
    if family == "datasets":
        page.text(f"Data folder: {data_folder().absolute()} (--data-dir or DLCLI_DATA name another)")
    key = ".".join(FAMILIES[family])
    page.text(f"In a spec under `{key}`. dlcli describe {next(iter(types(family)))} explains one of them.")
    page.show()


def _show_configs() -> None:
    from pathlib import Path

    from dlcli.cli.page import Page
    from dlcli.spec.catalogue import configs

    page = Page()
    found = configs()
    page.table([(config.name, config.what) for config in found])
    page.gap()
    path = found[0].path
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    page.text(f"dlcli train {shown} trains one of them.")
    page.show()


def _print_json(families: list[str]) -> None:
    import json

    typer.echo(json.dumps({family: _as_json(family) for family in families}, indent=2))


def _as_json(family: str) -> list[dict[str, str]]:
    from dlcli.plugins.gathered import origin_of
    from dlcli.spec.catalogue import configs, summary, types

    if family == CONFIGS:
        return [{"name": each.name, "what": each.what, "path": str(each.path)} for each in configs()]
    found = [
        {"name": name, "what": summary(cls), "state": state_of(cls), "from": origin_of(cls) or ""}
        for name, cls in types(family).items()
    ]
    return [{key: text for key, text in each.items() if text} for each in found]

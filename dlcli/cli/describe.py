"""dlcli describe"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.completion import complete_names
from dlcli.cli.options import DataDir, Plugins
from dlcli.errors import UsageError

if TYPE_CHECKING:
    from dlcli.cli.page import Page
    from dlcli.component import Component
    from dlcli.datasets.spec import DatasetSpec
    from dlcli.spec.catalogue import Choice, Key
    from dlcli.spec.fields import Described

_MUST = "must be given"


def describe(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=complete_names,
            help="A type (lstm), a family (models), a key or its place (epochs, train.early_stopping), or experiment.",
        ),
    ],
    plugins: Plugins = None,
    data_dir: DataDir = None,
) -> None:
    """Explain a part of a spec: what it is, its keys with the values they take, the source, and an example."""
    from dlcli.cli.page import Page
    from dlcli.cli.parts import known_parts
    from dlcli.spec.catalogue import Key, look_up

    with known_parts(plugins) as gathered:
        found = look_up(name)
        if not found:
            raise _unknown(name, gathered.faults)
        page = Page()
        for each in found:
            if each is not found[0]:
                page.gap()
            _describe_key(page, each) if isinstance(each, Key) else _describe_choice(page, each)
        page.show()


def _unknown(name: str, faults: Mapping[str, str]) -> UsageError:
    from dlcli.spec.catalogue import known
    from dlcli.spec.suggest import nearest

    word = name.rpartition(".")[2]
    if word in faults:
        return UsageError(f"dlcli describe: {faults[word]}")
    near = nearest(word, known())
    hint = f"did you mean `{near}`?\n" if near else ""
    return UsageError(f"dlcli describe: there is nothing called {name!r}\n{hint}dlcli list shows what there is")


def _describe_choice(page: Page, choice: Choice) -> None:
    from dlcli.datasets.spec import DatasetSpec
    from dlcli.plugins.gathered import origin_of
    from dlcli.spec.catalogue import TOP
    from dlcli.spec.docstrings import explained
    from dlcli.spec.examples import example
    from dlcli.spec.structure import type_name

    name = type_name(choice.cls)
    origin = origin_of(choice.cls)
    whose = f"a type of `{'.'.join(choice.place)}`{f', from {origin}' if origin else ''}"
    page.heading(name or TOP, f"  ({whose if name else 'the top level of a spec'})")
    _explain(page, choice.cls)
    _list_keys(page, choice.cls)
    if source := explained(choice.cls).source:
        _section(page, "source")
        page.text(source, indent=2)
    if issubclass(choice.cls, DatasetSpec):
        _describe_data(page, choice.cls)
    _show_example(page, example(choice.place, choice.cls))


def _describe_key(page: Page, key: Key) -> None:
    from dlcli.spec.examples import example, owner_of
    from dlcli.spec.fields import described_field
    from dlcli.spec.structure import type_name

    of = _types_of(key.owners)
    page.heading(".".join(key.place), f"  (a key of {of})" if of else "")
    alike: dict[tuple[object, ...], list[tuple[Described, type[Component]]]] = {}
    for owner in key.owners:
        field = described_field(owner, key.name)
        alike.setdefault((field.takes, field.meaning), []).append((field, owner))
    for fields in alike.values():
        page.gap()
        if len(alike) > 1:
            page.text(f"{_types_of([owner for _, owner in fields])}:")
        _describe_value(page, fields)
    kinds = [cls for cls in key.classes if type_name(cls)]
    if kinds:
        _list_types(page, key)
    for cls in key.classes:
        if cls not in kinds:
            _explain(page, cls)
            _list_keys(page, cls)
    usual = owner_of(key.around, key.name)
    lines = example(key.around, usual if usual in key.owners else key.owners[0], key.name)
    _show_example(page, lines if kinds or not key.classes else example(key.place, key.classes[0]))


def _describe_value(page: Page, fields: Sequence[tuple[Described, type[Component]]]) -> None:
    """A key that several types have, with its default in each of them."""
    field = fields[0][0]
    page.text(field.takes, indent=2)
    for paragraph in field.meaning:
        page.text(paragraph, indent=2)
    by_default: dict[str, list[type[Component]]] = {}
    for each, owner in fields:
        by_default.setdefault(_MUST if each.default is None else f"default: {each.default}", []).append(owner)
    for default, owners in by_default.items():
        page.text(f"{default}  ({_types_of(owners)})" if len(by_default) > 1 else default, indent=2)


def _explain(page: Page, cls: type[Component]) -> None:
    from dlcli.spec.docstrings import explained

    said = explained(cls)
    if not said.summary:  # a plugin's class without a docstring
        return
    page.gap()
    page.text(f"{said.summary}.")
    for paragraph in said.more:
        page.text(paragraph)


def _list_keys(page: Page, cls: type[Component]) -> None:
    from dlcli.spec.fields import described

    fields = described(cls)
    if fields:
        _section(page, "keys, with their defaults")
    for field in fields:
        _describe_field(page, field)


def _describe_field(page: Page, field: Described) -> None:
    page.heading(f"{field.name}:", f"  ({_MUST})" if field.default is None else f" {field.default}", indent=2)
    page.text(field.takes, indent=6)
    for paragraph in field.meaning:
        page.text(paragraph, indent=6)


def _list_types(page: Page, key: Key) -> None:
    from dlcli.spec.catalogue import summary
    from dlcli.spec.structure import type_name

    _section(page, "types")
    page.table([(str(type_name(cls)), summary(cls)) for cls in key.classes], indent=2)


def _describe_data(page: Page, cls: type[DatasetSpec]) -> None:
    from dlcli.cli.listing import megabytes
    from dlcli.datasets.folder import data_folder

    facts = cls.facts
    if facts is None:
        return
    folder = data_folder().absolute()
    place = cls.place(folder)
    size = megabytes(facts.download_bytes)
    _section(page, "data")
    page.table(
        [
            ("examples", f"{facts.train} for training and validation, {facts.test} for the test"),
            ("each", facts.example),
            ("classes", f"{len(facts.classes)}: {', '.join(facts.classes)}"),
            ("authors", facts.authors),
            ("licence", facts.licence),
            ("page", facts.page),
            ("here", str(place) if place else f"no; it would be downloaded ({size}) into {folder}"),
        ],
        indent=2,
    )


def _show_example(page: Page, lines: str) -> None:
    _section(page, "example")
    page.code(lines, indent=2)


def _section(page: Page, name: str) -> None:
    page.gap()
    page.heading(name)


def _types_of(classes: Sequence[type[Component]]) -> str:
    from dlcli.spec.structure import type_name

    return ", ".join(name for cls in classes if (name := type_name(cls)))

"""`extends: base.yaml`: specs laid over others that they name.

`extends` is a key of files, not of experiments: it is taken out here, before anything is checked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from dlcli.component import Component
from dlcli.errors import SpecError, UsageError
from dlcli.paths import expanded
from dlcli.shipped import shipped
from dlcli.spec.merging import Upper, lay
from dlcli.spec.problems import Mark, Path, Problem, dotted
from dlcli.spec.reading import Document, read
from dlcli.spec.suggest import listed, nearest
from dlcli.spec.version import check_version
from dlcli.spec.wording import shown

KEY = "extends"


def compose(document: Document, root: type[Component]) -> Document:
    """Lays a document over those that it extends, and these over theirs; what comes of it has no `extends` itself.

    The first source is the document's own. Raises SpecError with all problems when one of them cannot be had, and at
    once where one is of a version that cannot be read.
    """
    composing = _Composing(root)
    whole = composing.whole(document, ())
    if composing.problems:
        raise SpecError(whole.in_order([*composing.problems, *whole.problems]))
    return whole


@dataclass
class _Composing:
    root: type[Component]
    problems: list[Problem] = field(default_factory=list)

    def whole(self, document: Document, above: tuple[str, ...]) -> Document:
        """The document over its parents; `above` are the files that led to it."""
        check_version(document)
        if KEY not in document.values:
            return document
        chain = (*above, document.source)
        parents = [parent for parent in self.parents(document, chain) if parent is not None]
        uppers = (*(Upper(parent.values, parent.keys, parent.marks) for parent in parents), _without(document))
        below = Document(document.sources, {}, {}, {})
        for upper in uppers:
            laid = lay(below, upper, self.root)
            below = replace(below, values=laid.values, keys=laid.keys, marks=laid.marks)
        # Of a file that is extended twice, each problem is told once.
        return replace(
            below,
            sources=tuple(dict.fromkeys(s for each in (document, *parents) for s in each.sources)),
            problems=tuple(dict.fromkeys(p for each in (document, *parents) for p in each.problems)),
        )

    def parents(self, document: Document, chain: tuple[str, ...]) -> list[Document | None]:
        given = document.values[KEY]
        items = given if isinstance(given, tuple) else (given,)
        places: list[Path] = [(KEY, i) for i in range(len(items))] if isinstance(given, tuple) else [(KEY,)]
        return [self.parent(document.mark(at), at, item, chain) for at, item in zip(places, items, strict=True)]

    def parent(self, mark: Mark, at: Path, given: object, chain: tuple[str, ...]) -> Document | None:
        """One of the documents that are extended, or None and one problem more."""
        name = f"`{dotted(at)}`"
        if not isinstance(given, str):
            self.problems.append(Problem(mark, f"{name}: expected a file or a list of files, got {shown(given)}"))
            return None
        try:
            path = _find(FilePath(chain[-1]).parent, expanded(given))
            document = read(path)
        except (ValueError, UsageError) as error:
            self.problems.append(Problem(mark, f"{name}: {error}", _instead(FilePath(chain[-1]).parent, given)))
            return None
        files = [os.path.realpath(each) for each in chain]
        if (file := os.path.realpath(path)) in files:
            circle = " -> ".join([*chain[files.index(file) :], str(path)])
            self.problems.append(Problem(mark, f"{name}: a file cannot extend itself: {circle}"))
            return None
        return self.whole(document, chain)


def _without(document: Document) -> Upper:
    """What the document says itself."""
    values = {key: value for key, value in document.values.items() if key != KEY}
    keys, marks = (
        {path: mark for path, mark in each.items() if path[:1] != (KEY,)} for each in (document.keys, document.marks)
    )
    return Upper(values, keys, marks)


def _find(folder: FilePath, given: str) -> FilePath:
    """The file that is meant: from the folder of the file that says so, or the shipped config of that name."""
    path = folder / os.path.expanduser(given)  # noqa: PTH111 (Path.expanduser fails for users that there are not)
    config = shipped("configs", f"{given}.yaml")
    if os.path.isfile(path) or not _is_name(given) or not config.is_file():  # noqa: PTH113 (never fails)
        return path
    here = FilePath.cwd()
    return config.relative_to(here) if config.is_relative_to(here) else config


def _is_name(given: str) -> bool:
    return given.isprintable() and len(FilePath(given).parts) == 1 and not FilePath(given).suffix


def _instead(folder: FilePath, given: str) -> str:
    """What may have been meant by a file that is not there; nothing if it is."""
    if os.path.exists(folder / given):  # noqa: PTH110 (never fails)
        return ""
    beside = sorted(file.name for file in folder.glob("*.yaml"))
    configs = sorted(config.stem for config in shipped("configs").glob("*.yaml")) if _is_name(given) else []
    # By their stems: the ending that all have in common makes no two files alike.
    names = {FilePath(name).stem: name for name in [*configs, *beside]}
    stem = nearest(FilePath(given).stem, names)
    near = None if stem is None else names[stem]
    return f"did you mean `{near}`?" if near else listed("shipped configs", configs) if configs else ""

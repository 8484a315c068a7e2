"""The version of the spec format, which tells an old dlcli that a spec is too new for it."""

from __future__ import annotations

from dlcli import __version__
from dlcli.errors import SpecError
from dlcli.spec.problems import Problem
from dlcli.spec.reading import Document
from dlcli.spec.wording import shown

VERSION = 1
"""What this dlcli writes, and the newest that it reads."""


def check_version(document: Document) -> None:
    """Raises SpecError where a document is of a version that cannot be read: what else it says means nothing then."""
    version = document.values.get("version", VERSION)
    mark = document.mark(("version",))
    if type(version) is not int or version < 1:
        message = f"`version`: expected {VERSION}, the version of the spec format, got {shown(version)}"
        raise SpecError([Problem(mark, message, "it may be left out")])
    if version > VERSION:
        raise SpecError(
            [
                Problem(
                    mark,
                    f"`version`: this spec is of version {version}, but dlcli {__version__} reads version {VERSION}",
                    "upgrade dlcli: pip install --upgrade dlcli",
                )
            ]
        )

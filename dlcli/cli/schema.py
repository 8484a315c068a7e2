"""dlcli schema"""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of specs, with which editors complete and check them; docs/editor.md says how.

    For example: dlcli schema > dlcli.schema.json
    """
    import json

    from dlcli.spec.schema import spec_schema

    typer.echo(json.dumps(spec_schema(), indent=1, ensure_ascii=False))

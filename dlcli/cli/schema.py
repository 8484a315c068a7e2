"""dlcli schema"""

from __future__ import annotations

import typer

from dlcli.cli.options import Plugins


def schema(plugins: Plugins = None) -> None:
    """Print the JSON Schema of specs, with which editors complete and check them; docs/editor.md says how.

    For example: dlcli schema > dlcli.schema.json
    """
    import json

    from dlcli.cli.parts import known_parts
    from dlcli.spec.schema import spec_schema

    with known_parts(plugins) as gathered:
        typer.echo(json.dumps(spec_schema(), indent=1, ensure_ascii=False))
        for fault in gathered.faults.values():
            typer.echo(f"note: {fault}", err=True)

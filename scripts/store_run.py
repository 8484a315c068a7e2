"""Copies what evaluates a run to tests/stored_runs/<version>/<name>/, without what tells of this machine.

python scripts/store_run.py runs/small_lstm/20261121-120000
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

STORED = Path(__file__).parents[1] / "tests" / "stored_runs"
FILES = ("spec.yaml", "source.yaml", "result.json", "metrics.jsonl", "model.keras")
OF_THE_MACHINE = ("command", "folder", "git", "host", "process", "process_began", "devices")


def store(run: Path) -> Path:
    """The folder of the stored run; raises FileExistsError where there is one of its name and version."""
    info = json.loads((run / "run.json").read_text(encoding="utf-8"))
    folder = STORED / info["versions"]["dlcli"] / info["name"]
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(run / name, folder / name)
    if (run / "plugins").is_dir():
        shutil.copytree(run / "plugins", folder / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    for plugin in info.get("plugins", []):
        plugin |= {"from": Path(plugin["from"]).name} if "from" in plugin else {}
    kept = {key: value for key, value in info.items() if key not in OF_THE_MACHINE}
    (folder / "run.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    print(store(Path(sys.argv[1])))

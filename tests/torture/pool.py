"""Several tasks at a time, each in a process forked from this one, with answers that are JSON."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tests.torture.children import fork

Name = TypeVar("Name", int, str)


def in_parallel(tasks: Mapping[Name, Callable[[], Any]], folder: Path, jobs: int) -> Iterator[tuple[Name, Any]]:
    """Names and answers, in the order in which they are ready; of a task that fails, why, under `failed`.

    folder: for what tasks print and answer.
    """
    folder.mkdir(exist_ok=True)
    waiting, running = dict(tasks), dict[int, Name]()
    while waiting or running:
        while waiting and len(running) < jobs:
            name = next(iter(waiting))
            task = waiting.pop(name)
            answer = folder / f"{name}.json"
            running[fork(_answering(task, answer), folder / f"{name}.log")] = name
        process, status = os.wait()
        name = running.pop(process)
        if status:
            yield name, {"failed": f"{folder}/{name}.log: its process ended with {status}"}
        else:
            yield name, json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def _answering(task: Callable[[], Any], answer: Path) -> Callable[[], int]:
    def main() -> int:
        try:
            found = task()
        except Exception:
            found = {"failed": traceback.format_exc()}
        answer.write_text(json.dumps(found), encoding="utf-8")
        return 0

    return main

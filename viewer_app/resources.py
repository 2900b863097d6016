"""The one door to the files in `resources/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_IN_WHEEL = Path(__file__).with_name("_resources")
_IN_CHECKOUT = Path(__file__).resolve().parents[1] / "resources"


def path(name: str) -> Path:
    """The file `name` ("icons/zoom.svg") of the resources; FileNotFoundError if the build lacks it."""
    for root in (_IN_WHEEL, _IN_CHECKOUT):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"the resource {name} is missing from this installation")


def text(name: str) -> str:
    """The text of a resource, UTF-8."""
    return path(name).read_text(encoding="utf-8")


def table(name: str) -> Any:
    """A JSON resource, parsed."""
    return json.loads(text(name))

"""Painting that fails is told like any other fault of the program, and ends neither it nor what is measured."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

Widget = TypeVar("Widget")
Told = ParamSpec("Told")


def surviving(paint: Callable[Concatenate[Widget, Told], None]) -> Callable[Concatenate[Widget, Told], None]:
    """`paint` for Qt to call: an exception that passes through Qt's own painting can end the process."""

    @functools.wraps(paint)
    def painted(self: Widget, /, *args: Told.args, **kwargs: Told.kwargs) -> None:
        try:
            paint(self, *args, **kwargs)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return painted

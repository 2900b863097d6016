"""A JSON file of the user's own instead of a shipped table, in the configuration folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from viewer_app.errors import CaliperError, ReportError
from viewer_app.report.atomic import replace_file

_Content = TypeVar("_Content")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """`path` holds what the user changed; `named` says what that is, such as "window presets".

    `instead` tells what holds where the file cannot be read.
    """

    path: Path
    named: str
    instead: str = "the shipped ones are used"

    def read(self, parse: Callable[[object], _Content]) -> tuple[_Content | None, CaliperError | None]:
        """What `parse` makes of the file, None where there is none; and what was wrong with it.

        A file that `parse` refuses by ValueError is set aside, never overwritten.
        """
        try:
            return parse(json.loads(self.path.read_text(encoding="utf-8"))), None
        except FileNotFoundError:
            return None, None
        except (OSError, ValueError, RecursionError) as error:
            return None, self._set_aside(error)

    def write(self, content: object) -> None:
        """Replace the file; CaliperError where it cannot be written."""
        text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, text.encode())
        except (OSError, ReportError) as error:
            why = error.what if isinstance(error, ReportError) else f"{self.path.parent} cannot be made."
            raise CaliperError(why, f"The {self.named} hold until Caliper is closed.") from error

    def _set_aside(self, error: Exception) -> CaliperError:
        what = f"Your own {self.named} cannot be read; {self.instead}."
        if isinstance(error, OSError):
            return CaliperError(what, f"See to the rights of {self.path}.")
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}.damaged-{number}.json")).exists():
            number += 1
        with suppress(OSError):
            self.path.rename(aside)
            return CaliperError(what, f"They are kept as {aside}.")
        return CaliperError(what, f"They are still in {self.path}; {self.named} that are changed now replace them.")

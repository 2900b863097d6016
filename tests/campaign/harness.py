"""How a campaign is run: the long form of a fuzz, crash or monkey test.

A campaign is a function of one seed that raises when it finds a fault. Its docstring says what it
tries; the seed is printed first, so that every finding can be had again with `--seed`.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Mapping

# Called with a seed, and with how much to try where the command line says so.
Campaign = Callable[..., None]


def arguments(words: list[str], table: Mapping[str, Campaign]) -> argparse.Namespace:
    """The parsed command line, with the known campaigns in its help."""
    known = "\n".join(f"  {name}: {(campaign.__doc__ or '').strip()}" for name, campaign in table.items())
    parser = argparse.ArgumentParser(
        "dev.py campaign", epilog=f"known campaigns:\n{known}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME [N]", help="all when none is given; N: how much to try")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    return parser.parse_args(words)


def main(words: list[str], table: Mapping[str, Campaign]) -> int:
    """Run the campaigns named by `words`, or all; 2 for an unknown name. A fault is raised as it is."""
    wish = arguments(words, table)
    counts = _counts(wish.names)
    if unknown := [name for name in counts if name not in table]:
        print(f"unknown: {', '.join(unknown)}; known campaigns: {', '.join(table) or 'none yet'}", file=sys.stderr)
        return 2
    for name, count in (counts or dict.fromkeys(table, ())).items():
        print(f"{name}: seed {wish.seed}", flush=True)
        started = time.monotonic()
        table[name](wish.seed, *count)
        print(f"{name}: no fault in {time.monotonic() - started:.0f} s", flush=True)
    return 0


def _counts(words: list[str]) -> dict[str, tuple[int, ...]]:
    """The names, each with the number behind it, if there is one."""
    found: dict[str, tuple[int, ...]] = {}
    for word in words:
        if word.isdecimal() and found:
            found[list(found)[-1]] = (int(word),)
        else:
            found[word] = ()
    return found

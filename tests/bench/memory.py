"""Peak memory of a load, decoding processes included: sampled from outside, in a process that does nothing else.

`python -m tests.bench.memory FOLDER` is that process.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench import series
from tests.bench.harness import Benchmark, Result
from tests.imaging.pixels.encoders import SV1

_ALLOWED_TIMES, _ALLOWED_BYTES = 1.15, 450_000_000
_SAMPLE_SECONDS = 0.01
_MEGABYTE = 1_000_000


def peak(folder: Path, slices: int, name: str) -> Result:
    """Peak of the proportional set size of the whole process tree, against 1.15 times the voxels and 450 MB."""
    voxels = slices * series.SIZE * series.SIZE * 2
    with subprocess.Popen([sys.executable, "-m", __name__, str(folder)]) as process:
        highest = 0
        while process.poll() is None:
            highest = max(highest, sum(map(_held, _tree(process.pid))))
            time.sleep(_SAMPLE_SECONDS)
    assert process.returncode == 0
    allowed = _ALLOWED_TIMES * voxels + _ALLOWED_BYTES
    return Result(
        f"{voxels / _MEGABYTE:.0f} MB of {name} voxels take {highest / _MEGABYTE:.0f} MB",
        f"{allowed / _MEGABYTE:.0f} MB allowed",
        highest / allowed,
        1.0,
    )


def native() -> Result:
    """A native series."""
    return peak(series.native(), series.NATIVE_SLICES, "native")


def compressed(syntax: str) -> Result:
    """A compressed one."""
    return peak(series.compressed(syntax), series.COMPRESSED_SLICES, "compressed")


def _tree(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in _words(task):
            yield from _tree(int(child))


def _held(process: int) -> int:
    words = _words(Path(f"/proc/{process}/smaps_rollup"))
    return int(words[words.index("Pss:") + 1]) * 1024 if "Pss:" in words else 0


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:  # the process has ended meanwhile
        return []


def _load(folder: Path) -> None:
    from viewer_app.imaging.volume import Volume
    from viewer_app.progress import Watch
    from viewer_app.sources.loading import load

    source, stack = series.opened(folder)
    filled = Volume(stack)
    load(source, filled, Watch())
    assert filled.is_complete
    time.sleep(3 * _SAMPLE_SECONDS)


BENCHMARKS: dict[str, Benchmark] = {"memory": native, "memory-compressed": partial(compressed, SV1)}

if __name__ == "__main__":
    _load(Path(sys.argv[1]))

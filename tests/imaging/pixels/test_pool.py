"""Decoding processes: killed, hung, cancelled, shared by threads; none is left behind."""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.pixels.encoders import ENCODERS, RLE
from tests.imaging.pixels.records import pixel_format, ramp
from viewer_app.errors import Cancelled, DamagedPixels, UnsupportedPixels
from viewer_app.imaging.pixels import process
from viewer_app.imaging.pixels.pool import Workers
from viewer_app.progress import Watch

SYNTAX = "1.2.840.10008.1.2.4.90"
PIXELS = pixel_format(64, 64)
TRUTH = ramp((64, 64), "u2", 0, 0xFFFF)
FRAME = bytes(imagecodecs.jpeg2k_encode(TRUTH, level=0, codecformat="J2K", reversible=True))

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="stops processes by POSIX signals")


@pytest.fixture
def pool() -> Iterator[Callable[..., Workers]]:
    made: list[Workers] = []

    def make(**options: Any) -> Workers:
        made.append(Workers(**options))
        return made[-1]

    yield make
    started = [process for workers in made for process in workers.process_ids]
    for workers in made:
        workers.shutdown()
    assert not [process for process in started if _runs(process)]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def decoded(workers: Workers, watch: Watch | None = None) -> NDArray[np.uint16]:
    into = np.zeros((64, 64), np.uint16)
    workers.decode(FRAME, SYNTAX, PIXELS, into, watch or Watch())
    return into


def test_many_threads_share_few_processes(pool: Callable[..., Workers]) -> None:
    workers = pool(size=2)
    assert workers.process_ids == ()
    with ThreadPoolExecutor(6) as threads:
        for values in threads.map(lambda _: decoded(workers), range(30)):
            np.testing.assert_array_equal(values, TRUTH)
    assert 1 <= len(workers.process_ids) <= 2


def test_a_refused_frame_leaves_its_process_alive(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    before = workers.process_ids
    with pytest.raises(DamagedPixels):
        workers.decode(FRAME[:200], SYNTAX, PIXELS, np.zeros((64, 64), np.uint16), Watch())
    np.testing.assert_array_equal(decoded(workers), TRUTH)
    assert workers.process_ids == before


def test_an_answer_of_another_size_is_not_believed(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    into = np.zeros((8, 8), np.uint16)
    with pytest.raises(DamagedPixels):
        workers.decode(FRAME, SYNTAX, PIXELS, into, Watch())
    assert not into.any()
    np.testing.assert_array_equal(decoded(workers), TRUTH)


@needs_signals
def test_a_process_killed_while_idle_is_replaced(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    (process,) = workers.process_ids
    os.kill(process, signal.SIGKILL)
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT) is None:
        time.sleep(0.01)
    np.testing.assert_array_equal(decoded(workers), TRUTH)


@needs_signals
def test_a_process_whose_end_is_not_seen_yet_spoils_no_sound_frame(
    pool: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process closes its pipes a moment before the system tells of its end."""
    workers = pool(size=2)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: decoded(workers), range(30)))
    killed = workers.process_ids
    for number in killed:
        os.kill(number, signal.SIGKILL)
        os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    answers = iter([True] * len(killed))
    seen_late = property(lambda worker: next(answers, None) or worker.process.poll() is None)
    monkeypatch.setattr(process.Worker, "is_alive", seen_late)
    np.testing.assert_array_equal(decoded(workers), TRUTH)
    assert not set(killed) & set(workers.process_ids)


@needs_signals
def test_a_frame_that_kills_its_process_is_refused_and_the_next_is_shown(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    (process,) = workers.process_ids
    os.kill(process, signal.SIGSTOP)
    threading.Timer(0.1, os.kill, (process, signal.SIGKILL)).start()
    with pytest.raises(DamagedPixels):
        decoded(workers)
    np.testing.assert_array_equal(decoded(workers), TRUTH)
    assert process not in workers.process_ids


@needs_signals
def test_a_frame_that_hangs_is_given_up_at_its_deadline(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1, frame_seconds=0.5)
    decoded(workers)
    os.kill(workers.process_ids[0], signal.SIGSTOP)
    begin = time.monotonic()
    with pytest.raises(DamagedPixels):
        decoded(workers)
    assert 0.4 < time.monotonic() - begin < 5
    np.testing.assert_array_equal(decoded(workers), TRUTH)


@needs_signals
def test_cancel_ends_a_wait_for_a_hung_process(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    os.kill(workers.process_ids[0], signal.SIGSTOP)
    watch = Watch()
    threading.Timer(0.1, watch.cancel).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        decoded(workers, watch)
    assert time.monotonic() - begin < 2
    np.testing.assert_array_equal(decoded(workers), TRUTH)


@needs_signals
def test_cancel_ends_a_wait_for_a_free_process(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1, frame_seconds=2)
    decoded(workers)
    os.kill(workers.process_ids[0], signal.SIGSTOP)
    hung, watch = ThreadPoolExecutor(1), Watch()
    late = hung.submit(decoded, workers)
    time.sleep(0.1)
    threading.Timer(0.1, watch.cancel).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        decoded(workers, watch)
    assert time.monotonic() - begin < 2
    with pytest.raises(DamagedPixels):
        late.result()
    hung.shutdown()


@needs_signals
def test_shutdown_cancels_what_is_under_way_and_new_work_starts_anew(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    (process,) = workers.process_ids
    os.kill(process, signal.SIGSTOP)
    threading.Timer(0.1, workers.shutdown).start()
    with pytest.raises(Cancelled):
        decoded(workers)
    assert not _runs(process)
    np.testing.assert_array_equal(decoded(workers), TRUTH)


def test_a_decoding_process_loads_no_window() -> None:
    script = (
        "import sys; import viewer_app.imaging.pixels.worker;"
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph', 'viewer_app.ui'))];"
        "assert 'pydicom' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the limits of a process from /proc")
def test_a_decoding_process_may_use_two_gib(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    limits = Path(f"/proc/{workers.process_ids[0]}/limits").read_text()
    assert re.search(r"Max address space +2147483648 ", limits)


def test_a_computer_that_starts_no_process_is_not_a_damaged_image(
    pool: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workers = pool(size=1)
    with monkeypatch.context() as changed:
        for executable in (str(tmp_path / "absent"), shutil.which("true") or sys.executable):
            changed.setattr(sys, "executable", executable)
            with pytest.raises(UnsupportedPixels, match="no decoding process"):
                decoded(workers)
    np.testing.assert_array_equal(decoded(workers), TRUTH)


@needs_signals
def test_a_program_that_is_killed_leaves_no_process_behind() -> None:
    script = (
        "import os, signal; from tests.imaging.pixels.test_pool import *\n"
        "from viewer_app.imaging.pixels.pool import WORKERS\n"
        "decoded(WORKERS); print(*WORKERS.process_ids, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    (process,) = map(int, done.stdout.split())
    until = time.monotonic() + 10
    while (running := _runs(process)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not running


def test_a_program_that_ends_leaves_no_process_and_no_word_behind() -> None:
    script = (
        "import numpy as np; from tests.imaging.pixels.test_pool import *\n"
        "from viewer_app.imaging.pixels.pool import WORKERS\n"
        "assert (decoded(WORKERS) == TRUTH).all()\n"
        "print(*WORKERS.process_ids)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    assert not any(_runs(int(process)) for process in done.stdout.split())


@needs_signals
@pytest.mark.parametrize("is_busy", [False, True], ids=["idle", "busy"])
def test_after_each_of_many_deaths_the_next_image_is_there_within_a_second(
    pool: Callable[..., Workers], is_busy: bool
) -> None:
    """G3: the median of 50 deaths; a single one may meet a moment when others use the machine."""
    workers = pool(size=1)
    decoded(workers)
    waits = []
    for _ in range(25):
        (process,) = workers.process_ids
        if is_busy:
            os.kill(process, signal.SIGSTOP)
            os.waitid(os.P_PID, process, os.WSTOPPED | os.WNOWAIT)  # only then does it answer nothing
            threading.Timer(0.01, os.kill, (process, signal.SIGKILL)).start()
            with pytest.raises(DamagedPixels):
                decoded(workers)
        else:
            os.kill(process, signal.SIGKILL)
            os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        begin = time.monotonic()
        np.testing.assert_array_equal(decoded(workers), TRUTH)
        waits.append(time.monotonic() - begin)
    assert sorted(waits)[len(waits) // 2] <= 1.0


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(sys.platform != "linux", reason="counts open files in /proc")
def test_processes_that_end_leave_no_file_and_no_memory_open(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    decoded(workers)
    before = _open_files()
    for _ in range(3):
        workers.shutdown()
        decoded(workers)
    assert _open_files() == before


@pytest.mark.parametrize("size", [0, 10_000])
def test_frames_too_large_to_share_come_through_the_pipes(
    pool: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(process, "_LARGEST_SHARED", size)
    workers = pool(size=1)
    np.testing.assert_array_equal(decoded(workers), TRUTH)
    with pytest.raises(DamagedPixels):
        workers.decode(FRAME[:200], SYNTAX, PIXELS, np.zeros((64, 64), np.uint16), Watch())
    np.testing.assert_array_equal(decoded(workers), TRUTH)


def test_a_process_that_held_a_large_frame_is_not_kept(
    pool: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = pool(size=1)
    decoded(workers)
    monkeypatch.setattr(process, "_KEPT_BYTES", TRUTH.nbytes)
    np.testing.assert_array_equal(decoded(workers), TRUTH)
    assert workers.process_ids == ()


def _page_faults(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[7])


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep its memory")
def test_a_process_keeps_its_memory_from_frame_to_frame(pool: Callable[..., Workers]) -> None:
    """Given back after each frame, every page of it costs a fault in the next: 400 of them, an eighth of its time."""
    workers, frames, pixels = pool(size=1), 20, pixel_format(512, 512)
    truth = ramp((512, 512), "u2", 0, 0xFFFF)
    frame = ENCODERS[RLE](truth, pixels)
    into, faults = np.zeros((512, 512), np.uint16), list[int]()
    for _ in range(2 * frames):
        workers.decode(frame, RLE, pixels, into, Watch())
        faults.append(_page_faults(workers.process_ids[0]))
    np.testing.assert_array_equal(into, truth)
    assert faults[-1] - faults[frames - 1] < 50 * frames


def test_frames_that_grow_and_shrink(pool: Callable[..., Workers]) -> None:
    workers = pool(size=1)
    for side in (16, 1024, 64, 1500):
        truth = ramp((side, side), "u2", 0, 0xFFFF)
        frame = bytes(imagecodecs.jpeg8_encode(truth, lossless=True, bitspersample=16, predictor=1))
        into = np.zeros((side, side), np.uint16)
        workers.decode(frame, "1.2.840.10008.1.2.4.70", pixel_format(side, side), into, Watch())
        np.testing.assert_array_equal(into, truth)


def test_a_process_may_be_started_before_its_first_frame(pool: Callable[..., Workers]) -> None:
    workers = pool(size=2)
    workers.warm_up()
    until = time.monotonic() + 30
    while not workers.process_ids and time.monotonic() < until:
        time.sleep(0.01)
    workers.warm_up()
    np.testing.assert_array_equal(decoded(workers), TRUTH)
    assert 1 <= len(workers.process_ids) <= 2

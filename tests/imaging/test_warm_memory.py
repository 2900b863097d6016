"""Memory of volumes is used again only when nothing sees it, and wiped; it may be touched before it is needed."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.session.test_study import stacks_in
from tests.sources.places import write_study
from viewer_app.imaging import volume_memory, warm_memory
from viewer_app.imaging.volume import Volume
from viewer_app.imaging.warm_memory import WarmMemory

SHAPE = (16, 512, 512)
SIZE = 16 * 512 * 512 * 2
INT16 = np.dtype(np.int16)

VIEWS: dict[str, Callable[[NDArray[Any]], Any]] = {
    "slice": lambda array: array[3],
    "slice of a slice": lambda array: array[3:9][2][5:, ::-2],
    "element": lambda array: array[1:2, 1:2, 1:2],
    "transposed": lambda array: array.transpose(2, 0, 1).T,
    "reshaped": lambda array: array.reshape(-1).reshape(512, -1),
    "other type": lambda array: array.view(np.uint8)[..., ::2].view(),
    "memoryview": lambda array: array.data,
    "part of a memoryview": lambda array: array[3].data[4:8],
    "array of a memoryview": lambda array: np.asarray(array[5].data),
    "array of a buffer": lambda array: np.frombuffer(array.data, np.uint8)[7:],
    "array of an array": lambda array: np.asarray(np.frombuffer(array, np.int16)),
    "asarray": np.asarray,
    "broadcast": lambda array: np.broadcast_to(array, (2, *array.shape))[1],
    "strides": lambda array: np.lib.stride_tricks.as_strided(array[2], (4, 4)),
    "windows": lambda array: np.lib.stride_tricks.sliding_window_view(array[2], (3, 3)),
    "masked": lambda array: np.ma.masked_array(array)[4],
    "iterator": lambda array: array.flat,
    "base": lambda array: array[3].base,
    "array of the last base": lambda array: np.asarray(getattr(array.base, "base", None))[3:],
}


@pytest.fixture
def warm() -> Iterator[WarmMemory]:
    """One that may keep 64 MB."""
    made = WarmMemory(64 << 20)
    yield made
    made.end()


def soon(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it becomes so."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.005)
    return is_so()


def used(warm: WarmMemory, shape: tuple[int, ...] = SHAPE) -> int:
    """Fill an array with another patient and let go of it; where it lay, once that memory may be used again."""
    array, before = warm.zeros(shape, INT16), warm.ready_bytes
    array.fill(-1)
    address = array.ctypes.data
    del array
    assert soon(lambda: warm.ready_bytes > before)
    return address


@pytest.mark.parametrize("kind", ["u1", "i2", ">u2", "f4", "f8", "u1,f4"])
@pytest.mark.parametrize("shape", [(40, 512, 512), (16 << 20,), (40, 300, 300, 3), (3,), (0, 512, 512)])
def test_an_array_is_as_numpy_makes_it(warm: WarmMemory, shape: tuple[int, ...], kind: str) -> None:
    expected: NDArray[Any] = np.zeros(shape, np.dtype(kind))
    array = warm.zeros(shape, np.dtype(kind))
    assert (array.shape, array.dtype, array.strides) == (expected.shape, expected.dtype, expected.strides)
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.flags.aligned
    assert not array.view(np.uint8).any()


def test_a_large_array_begins_with_a_page(warm: WarmMemory) -> None:
    assert warm.zeros(SHAPE, INT16).ctypes.data % 4096 == 0


@pytest.mark.parametrize("bytes_", [(8 << 20) - 1, (64 << 20) + 1])
def test_what_is_small_or_too_large_is_left_to_numpy(warm: WarmMemory, bytes_: int) -> None:
    warm.prepare(bytes_)
    assert warm.idle_bytes == 0
    array = warm.zeros((bytes_,), np.dtype(np.uint8))
    assert array.flags.owndata
    del array
    assert warm.idle_bytes == 0


def test_memory_is_used_again_and_is_wiped_before(warm: WarmMemory) -> None:
    address = used(warm)
    array = warm.zeros(SHAPE, INT16)
    assert array.ctypes.data == address
    assert not array.any()
    assert warm.idle_bytes == 0


def test_what_is_not_wiped_is_not_given_out(warm: WarmMemory) -> None:
    dirty = np.full(SIZE, 255, np.uint8)
    warm._idle.append(warm_memory._Block(dirty, 60.0, is_zero=False))
    array = warm.zeros(SHAPE, INT16)
    assert not np.shares_memory(array, dirty)
    assert soon(lambda: warm.ready_bytes == SIZE)
    again = warm.zeros(SHAPE, INT16)
    assert np.shares_memory(again, dirty)
    assert not again.any()


def test_wiping_that_is_broken_off_does_not_count() -> None:
    ending = threading.Event()
    block = warm_memory._Block(np.full(SIZE, 255, np.uint8), 60.0, is_zero=False)
    ending.set()
    block.make_ready(ending)
    was_zero = block.is_zero
    ending.clear()
    block.make_ready(ending)
    assert (was_zero, block.is_zero) == (False, True)
    assert not block.memory.any()


def test_nothing_is_kept_after_the_end(warm: WarmMemory) -> None:
    used(warm)
    array = warm.zeros(SHAPE, INT16)
    array.fill(-1)
    used(warm)
    warm.end()
    del array
    warm.prepare(SIZE)
    assert warm.idle_bytes == 0
    assert not warm.zeros(SHAPE, INT16).any()
    assert warm.idle_bytes == 0


def test_an_array_asked_for_at_once_is_zero_all_the_same(warm: WarmMemory) -> None:
    for _ in range(50):
        array = warm.zeros(SHAPE, INT16)
        assert not array.any()
        array.fill(-1)
        del array


@pytest.mark.parametrize("name", VIEWS)
def test_whatever_looks_at_memory_keeps_it(warm: WarmMemory, name: str) -> None:
    array = warm.zeros(SHAPE, INT16)
    array.fill(7)
    view = VIEWS[name](array)
    del array
    gc.collect()
    assert warm.idle_bytes == 0
    del view
    gc.collect()
    assert warm.idle_bytes == SIZE


def test_what_a_dying_cycle_brings_back_keeps_its_memory(warm: WarmMemory) -> None:
    """Weak references to what a cycle holds may end before its finalizers run; those to arrays do not."""
    saved = list[NDArray[Any]]()

    class Holder:
        def __init__(self, array: NDArray[Any]) -> None:
            self.array, self.me = array, self

        def __del__(self) -> None:
            saved.append(self.array)

    holder = Holder(warm.zeros(SHAPE, INT16)[2:])
    del holder
    gc.collect()
    assert len(saved) == 1
    assert warm.idle_bytes == 0
    saved.clear()
    assert warm.idle_bytes == SIZE


def test_an_array_may_end_where_the_lock_is_held(warm: WarmMemory) -> None:
    array = warm.zeros(SHAPE, INT16)
    with warm._lock:
        del array
    assert warm.idle_bytes == SIZE


@pytest.mark.parametrize(("slices", "fits"), [(32, True), (24, True), (33, False), (23, False)])
def test_memory_is_used_again_where_little_of_it_is_wasted(warm: WarmMemory, slices: int, fits: bool) -> None:
    used(warm, (32, 512, 512))
    array = warm.zeros((slices, 512, 512), INT16)
    assert not array.any()
    assert (warm.idle_bytes == 0) is fits


def test_the_smallest_that_fits_is_taken(warm: WarmMemory) -> None:
    large, small = warm.zeros((18, 512, 512), INT16), warm.zeros((17, 512, 512), INT16)
    address = small.ctypes.data
    del large, small
    assert soon(lambda: warm.ready_bytes == 35 * SIZE // 16)
    assert warm.zeros(SHAPE, INT16).ctypes.data == address


def test_the_oldest_beyond_the_limit_goes_back_to_the_system(warm: WarmMemory) -> None:
    held = [warm.zeros((32, 512, 512), INT16) for _ in range(6)]
    addresses = [array.ctypes.data for array in held]
    while held:
        del held[0]
    assert soon(lambda: warm.ready_bytes == warm.idle_bytes == 64 << 20)
    again = [warm.zeros((32, 512, 512), INT16) for _ in range(4)]
    assert {array.ctypes.data for array in again} == set(addresses[2:])


@pytest.mark.parametrize(
    ("physical", "size", "is_kept"),
    [
        (1 << 30, 1 << 26, True),
        ((1 << 30) - 16, 1 << 26, False),
        (None, SIZE, False),
        (1 << 40, (512 << 20) + 1, False),
    ],
)
def test_the_limit_is_a_share_of_the_memory_there_is(
    monkeypatch: pytest.MonkeyPatch, physical: int | None, size: int, is_kept: bool
) -> None:
    monkeypatch.setattr(warm_memory, "physical_bytes", lambda: physical)
    warm = WarmMemory()
    warm.prepare(size)
    assert (warm.idle_bytes == size) is is_kept
    warm.end()


def test_what_is_not_used_again_goes_back_to_the_system(warm: WarmMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_memory, "_KEPT_S", 0.3)
    used(warm)
    assert soon(lambda: warm.idle_bytes == 0)
    assert warm._thread is not None
    assert warm._thread.is_alive()
    used(warm)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux for the memory of this process")
def test_memory_that_goes_back_is_the_system_s(warm: WarmMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_memory, "_KEPT_S", 0.3)
    before = resident_bytes()
    held = [warm.zeros(SHAPE, INT16) for _ in range(8)]
    for array in held:
        array.fill(-1)
    del array
    assert resident_bytes() > before + (60 << 20)
    # What lies between others goes back, too.
    del held[1::2]
    assert soon(lambda: resident_bytes() < before + (36 << 20))
    held.clear()
    assert soon(lambda: resident_bytes() < before + (4 << 20))


def test_prepared_memory_is_taken(warm: WarmMemory) -> None:
    warm.prepare(SIZE + 1000)
    warm.prepare(SIZE + 1000)
    assert soon(lambda: warm.ready_bytes == SIZE + 1000)
    assert warm.idle_bytes == SIZE + 1000
    array = warm.zeros(SHAPE, INT16)
    assert warm.idle_bytes == 0
    assert not array.any()
    array.fill(-1)
    del array
    assert soon(lambda: warm.ready_bytes == SIZE + 1000)
    assert not warm.zeros((SIZE // 2 + 500,), INT16).any()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts the page faults of one thread")
@pytest.mark.parametrize("way", ["prepared", "used"])
def test_ready_memory_is_touched_already(warm: WarmMemory, way: str) -> None:
    import resource

    def faults() -> int:
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt

    if way == "prepared":
        warm.prepare(SIZE)
        assert soon(lambda: warm.ready_bytes == SIZE)
    else:
        used(warm)
    array = warm.zeros(SHAPE, INT16)
    before = faults()
    array.fill(-1)
    assert faults() == before


def test_nothing_is_prepared_where_memory_waits_to_be_used_again(warm: WarmMemory) -> None:
    array = warm.zeros(SHAPE, INT16)
    del array
    warm.prepare(SIZE)
    assert soon(lambda: warm.ready_bytes == SIZE)
    assert warm.idle_bytes == SIZE


def test_what_nobody_asks_for_is_let_go(warm: WarmMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_memory, "_PREPARED_S", 0.3)
    warm.prepare(SIZE)
    assert soon(lambda: warm.ready_bytes == SIZE)
    assert soon(lambda: warm.idle_bytes == 0)


def test_what_was_kept_makes_room_for_what_is_prepared(warm: WarmMemory) -> None:
    used(warm, (120, 512, 512))
    warm.prepare(SIZE)
    assert soon(lambda: warm.idle_bytes == warm.ready_bytes == SIZE)


def test_memory_that_is_taken_is_not_written_to_any_more(warm: WarmMemory) -> None:
    for pause_s in np.linspace(0.0, 0.01, 20):
        warm.prepare(60 << 20)
        time.sleep(pause_s)
        array = warm.zeros((60 << 20,), np.dtype(np.uint8))
        array.fill(255)
        time.sleep(0.005)
        assert array.min() == 255
        assert warm.idle_bytes == 0
        warm._most = 0  # so that the next round begins with new memory
        del array
        warm._news.put(None)
        assert soon(lambda: warm.idle_bytes == 0)
        warm._most = 64 << 20


def test_a_block_that_was_taken_writes_nothing() -> None:
    block = warm_memory._Block(np.zeros(SIZE, np.uint8), 1.0, is_zero=True)
    memory = block.take()
    memory.fill(255)
    block.make_ready(threading.Event())
    assert memory.min() == 255
    assert not block.is_ready


def test_sixteen_threads_see_zeros_and_then_only_their_own(warm: WarmMemory) -> None:
    def work(number: int) -> int:
        again = set[int]()
        for turn in range(10):
            array = warm.zeros((8 + number % 3, 1024, 1024), np.dtype(np.uint8))
            assert not array.any()
            array.fill(number + 1)
            if turn % 4 == number % 4:
                warm.prepare(9 << 20)
            part = array[5:, 7:]
            again.add(array.ctypes.data)
            del array
            time.sleep(0.001 * (number % 4))
            assert part.min() == part.max() == number + 1
        return len(again)

    with ThreadPoolExecutor(16) as pool:
        places = list(pool.map(work, range(16)))
    assert len(places) == 16
    assert soon(lambda: warm.ready_bytes == warm.idle_bytes)
    assert 0 < warm.idle_bytes <= 64 << 20


@pytest.mark.parametrize(
    "last",
    ["kept = WARM.zeros(shape, kind)", "del WARM.zeros(shape, kind)[0]", "WARM.prepare(200 << 20)", "import os"],
)
def test_a_program_ends_at_once(last: str) -> None:
    lines = (
        "import numpy as np",
        "from viewer_app.imaging.warm_memory import WARM",
        "shape, kind = (80, 1024, 1024), np.dtype(np.uint8)",
        last.replace("del WARM", "array = WARM").replace("[0]", "; array.fill(1); del array"),
        "import time; print(time.monotonic())",
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - float(done.stdout) < 2.0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_copied_process_keeps_no_more_than_another() -> None:
    """As with the processes of a script: it has this memory, but not the thread that wipes it and lets it go."""
    lines = (
        "import os, time, numpy as np",
        "from viewer_app.imaging.warm_memory import WARM",
        "make = lambda: WARM.zeros((80 << 20,), np.dtype(np.uint8))",
        "array = make(); array[:] = 7; other = make(); del other",
        "if child := os.fork(): os._exit(os.waitpid(child, 0)[1] >> 8)",
        "for _ in range(20):",
        "    other = make(); other[::4096] += 1; assert other.max() == 1; del other; time.sleep(0.02)",
        "assert array.min() == 7; del array",
        "os._exit(0 if WARM.idle_bytes <= 512 << 20 else 1)",
    )
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def huge_bytes() -> int:
    """How much of this process's memory lies in huge pages."""
    return smaps("AnonHugePages:")


def resident_bytes() -> int:
    """How much memory this process has."""
    return smaps("Rss:")


def smaps(field: str) -> int:
    """One number of this process's memory, in bytes."""
    words = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").split()
    return int(words[words.index(field) + 1]) * 1024


def has_huge_pages() -> bool:
    """Whether numpy's zeros get huge pages here."""
    try:
        before = huge_bytes()
    except (OSError, ValueError):
        return False
    plain = np.zeros(64 << 20, np.uint8)
    plain[::4096] = 0
    return huge_bytes() > before + (32 << 20)


def test_prepared_memory_has_huge_pages_where_numpy_s_has(warm: WarmMemory) -> None:
    if not has_huge_pages():
        pytest.skip("numpy's own zeros have none here")
    before = huge_bytes()
    warm.prepare(64 << 20)
    assert soon(lambda: warm.ready_bytes == 64 << 20)
    assert huge_bytes() > before + (56 << 20)


def test_a_volume_shows_nothing_of_the_one_before(
    warm: WarmMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume_memory, "WARM", warm)
    (stack,) = stacks_in(write_study(tmp_path, "one", 1))
    (image,) = stack.images
    assert image.instance.pixel_format is not None
    larger = replace(image.instance.pixel_format, rows=512, columns=512)
    stack = replace(stack, images=(replace(image, instance=replace(image.instance, pixel_format=larger)),) * 40)
    volume = Volume(stack)
    size = volume.stored_values.nbytes
    for index in range(40):
        volume.put(index, np.full((512, 512), 77, volume.stored_values.dtype))
    address, seen = volume.stored_values.ctypes.data, volume.image(3)
    del volume
    assert warm.idle_bytes == 0
    assert (seen.stored == 77).all()
    del seen
    assert soon(lambda: warm.ready_bytes == size)
    again = Volume(stack)
    assert again.stored_values.ctypes.data == address
    assert not again.stored_values.any()
    assert not again.has(3)

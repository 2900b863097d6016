"""Files whole in memory: read like any file, their memory used again, and what outlives them."""

from __future__ import annotations

import gc
import io
import threading

import numpy as np

from viewer_app.sources.orthanc.held import LARGEST_HELD, Held

FILE = np.random.default_rng(7).bytes(300_001)


def held(content: bytes = FILE) -> Held:
    made = Held(len(content))
    made.memory[:] = content
    return made


def whole(body: Held) -> bytes:
    return b"".join(body.pieces())


def test_held_bytes_read_like_any_file() -> None:
    body, into = held(), bytearray(100)
    assert body.readable() and body.seekable()
    assert body.read(10) == FILE[:10]
    assert body.readinto(memoryview(into)) == 100 and into == FILE[10:110]
    assert body.seek(-30, io.SEEK_END) == len(FILE) - 30
    assert body.readinto(memoryview(into)) == 30 and into[:30] == FILE[-30:]
    assert body.readinto(memoryview(into)) == 0 and body.tell() == len(FILE)
    assert body.read() == b"" and body.seek(0) == 0 and body.read() == FILE
    assert body.seek(5) == 5 and body.seek(2, io.SEEK_CUR) == 7
    assert len(FILE) < LARGEST_HELD


def test_an_empty_file() -> None:
    assert held(b"").read() == b"" and whole(held(b"")) == b""


def test_memory_is_used_again_only_when_nobody_sees_it_any_more() -> None:
    body = held()
    view = memoryview(body.memory)[5:10]
    address = np.frombuffer(body.memory, np.uint8).ctypes.data
    body.close()
    del body
    gc.collect()
    others = [held(bytes(len(FILE))) for _ in range(70)]
    assert view == FILE[5:10]
    del view
    gc.collect()
    again = Held(len(FILE))
    assert np.frombuffer(again.memory, np.uint8).ctypes.data == address
    assert all(not any(other.pieces()[0][:100]) for other in others)


def test_what_outlives_it_without_a_copy_elsewhere_is_its_own_memory() -> None:
    body = held()
    body.outlives = True
    body.close()
    kept = body.pieces()
    assert not body.is_elsewhere and b"".join(kept) == FILE
    others = [held(bytes(len(FILE))) for _ in range(70)]
    assert b"".join(kept) == FILE and others


def test_what_outlives_it_is_found_where_it_was_read_to() -> None:
    body = held()
    body.outlives = True
    body.seek(1001)
    target = np.zeros(280_000, np.uint8)
    body.readinto(target.data)
    body.lies_in(1001, target.data)
    body.close()
    assert body.is_elsewhere and whole(body) == FILE
    target[0] ^= 1
    assert whole(body) != FILE


def test_small_parts_that_lie_elsewhere_do_not_count() -> None:
    body = held()
    body.outlives = True
    target = np.zeros(1000, np.uint8)
    body.readinto(target.data)
    body.lies_in(0, target.data)
    body.close()
    target[:] = 0
    assert not body.is_elsewhere and whole(body) == FILE


def test_a_second_close_changes_nothing() -> None:
    body = held()
    body.outlives = True
    body.close()
    body.close()
    assert whole(body) == FILE


def test_threads_never_share_memory() -> None:
    wrong: list[int] = []

    def work(seed: int) -> None:
        content = np.random.default_rng(seed).bytes(len(FILE))
        for _ in range(40):
            with held(content) as body:
                if body.read() != content:
                    wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong

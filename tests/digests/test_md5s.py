"""MD5s side by side against hashlib, and against RFC 1321."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer_app.digests import Body, md5s, together, warm_up

NOISE = np.random.default_rng(1321).integers(0, 256, 1 << 20, dtype=np.uint8)

# RFC 1321, A.5.
KNOWN = {
    "": "d41d8cd98f00b204e9800998ecf8427e",
    "a": "0cc175b9c0f1b6a831c399e269772661",
    "abc": "900150983cd24fb0d6963f7d28e17f72",
    "message digest": "f96b697d7cb7938d525a2f31aaf161d0",
    "abcdefghijklmnopqrstuvwxyz": "c3fcd3d76192e4007dfb496cca67e13b",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789": "d174ab98d277d9f5a5611c2c9f419d9f",
    "1234567890" * 8: "57edf4a22be3c955ac49da2e2107b67a",
}


@pytest.fixture(params=["numba", "hashlib"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies of any length go through the compiled kernel, or through what serves without it."""
    if request.param == "hashlib":
        monkeypatch.setattr(together, "_ready", None)
        return
    pytest.importorskip("numba")
    warm_up().join()
    assert together._ready is not None
    monkeypatch.setattr(together, "_SHORTEST_BYTES", 0)


pytestmark = pytest.mark.usefixtures("kernel")


def truth(bodies: Sequence[Body]) -> list[str]:
    return [hashlib.md5(np.frombuffer(body, np.uint8).data, usedforsecurity=False).hexdigest() for body in bodies]


def test_the_known_answers_of_the_rfc() -> None:
    assert md5s([text.encode() for text in KNOWN]) == list(KNOWN.values())


@pytest.mark.parametrize("count", [*range(10), 15, 16, 17, 19, 20, 25, 33, 40])
def test_any_number_of_bodies(count: int) -> None:
    bodies = [bytes(NOISE[place : place + 1000 + 7 * place]) for place in range(count)]
    assert md5s(bodies) == truth(bodies)


@pytest.mark.parametrize("count", [4, 8, 16])
def test_every_short_length(count: int) -> None:
    for length in range(201):
        bodies = [NOISE[lane : lane + length].data for lane in range(count)]
        assert md5s(bodies) == truth(bodies), length


@pytest.mark.parametrize("power", range(6, 20))
def test_lengths_around_powers_of_two(power: int) -> None:
    bodies = [NOISE[: 2**power + more].data for more in (-65, -64, -63, -9, -8, -1, 0, 1, 55, 56, 64)]
    assert md5s(bodies) == truth(bodies)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 20_000)), max_size=40))
def test_mixed_lengths_at_any_address(slices: list[tuple[int, int]]) -> None:
    bodies = [NOISE.data[start : start + length] for start, length in slices]
    assert md5s(bodies) == truth(bodies)


def test_one_long_body_among_short_ones() -> None:
    bodies: list[Body] = [NOISE, *(NOISE[place : place + 100] for place in range(18)), b""]
    assert md5s(bodies) == truth(bodies)


def test_every_kind_of_buffer() -> None:
    frozen = NOISE[3:9001].copy()
    frozen.flags.writeable = False
    taken = bytearray(NOISE[:7777])
    table = NOISE[1:10_001].reshape(100, 100)
    wide = NOISE[:8000].view(np.float32)
    bodies: list[Body] = [frozen, bytes(taken), taken, memoryview(taken).toreadonly()[5:], table, table.data, wide]
    assert md5s(bodies) == truth(bodies)
    assert taken == bytes(NOISE[:7777]) and NOISE.flags.writeable


def test_nothing_beside_a_body_is_taken() -> None:
    """The same bodies amid other bytes have the same digests."""
    blank, full = np.zeros(40_000, np.uint8), np.full(40_000, 255, np.uint8)
    cuts = [slice(1000 * lane + 1, 1000 * lane + 1 + 60 * lane) for lane in range(16)]
    for cut in cuts:
        blank[cut] = full[cut] = NOISE[cut]
    expected = truth([NOISE[cut] for cut in cuts])
    assert md5s([blank[cut] for cut in cuts]) == md5s([full[cut] for cut in cuts]) == expected


def test_bodies_are_let_go() -> None:
    """A bytearray of which somebody still holds the memory cannot grow."""
    bodies = [bytearray(NOISE[: 5000 + lane]) for lane in range(9)]
    assert md5s(bodies) == truth(bodies)
    for body in bodies:
        body.append(0)


def test_four_threads_at_once() -> None:
    sets = [[NOISE.data[start + lane : start + lane + 100_000] for lane in range(16)] for start in range(0, 320, 16)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(md5s, sets)) == [truth(bodies) for bodies in sets]


def test_scattered_memory_is_refused() -> None:
    with pytest.raises((BufferError, ValueError)):
        md5s([NOISE[:10_000:2]] * 4)


def test_short_bodies_are_left_to_hashlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    bodies = [NOISE[:length].data for length in (0, 10_000, 4095, 4096, 64, 50_000, 4097, 63)]
    assert md5s(bodies) == truth(bodies)


def test_it_waits_for_another() -> None:
    assert warm_up() is warm_up(after=warm_up())


def test_without_numba_nothing_gets_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_ready", None)
    monkeypatch.setitem(sys.modules, "viewer_app.digests.lanes", None)
    assert not list(together._compile())
    assert together._ready is None


def test_the_other_byte_order_is_left_to_hashlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_ready", None)
    monkeypatch.setattr(sys, "byteorder", "big")
    assert not list(together._compile())
    assert together._ready is None


def test_a_kernel_that_differs_from_hashlib_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lanes = pytest.importorskip("viewer_app.digests.lanes")
    monkeypatch.setattr(together, "_ready", None)
    monkeypatch.setattr(lanes, "INITIAL", (0, 0, 0, 0))
    assert not list(together._compile())
    assert together._ready is None
    assert "differs from hashlib" in caplog.text

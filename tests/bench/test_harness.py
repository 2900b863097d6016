"""The benchmark mechanism, on tiny benchmarks of its own."""

from __future__ import annotations

import time

import pytest

from tests.bench.harness import Result, interleaved_medians, main


def sleeping() -> Result:
    """Two naps, the second five times as long."""
    ours, reference = interleaved_medians(lambda: time.sleep(0.002), lambda: time.sleep(0.01), rounds=3)
    return Result(f"nap {ours * 1e3:.1f} ms", f"long nap {reference * 1e3:.1f} ms", ours / reference, goal=0.9)


TABLE = {"nap": sleeping, "missed": lambda: Result("2 s", "reference 1 s", 2.0, 0.5)}


def test_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], TABLE) == 0
    machine, nap, missed = capsys.readouterr().out.splitlines()
    assert machine.startswith("machine: ")
    assert nap.startswith("nap: nap ")
    assert nap.endswith("goal 0.9, reached")
    assert missed == "missed: 2 s, against reference 1 s: ratio 2, goal 0.5, short"


def test_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["missed"], TABLE) == 0
    assert "nap" not in capsys.readouterr().out


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed"], TABLE) == 2
    assert "known benchmarks: nap, missed" in capsys.readouterr().err


def test_median_of_the_rounds_after_one_warm_up_in_turn() -> None:
    order: list[str] = []
    interleaved_medians(lambda: order.append("a"), lambda: order.append("b"), rounds=3)
    assert "".join(order) == "ab" * 4

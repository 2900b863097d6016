"""The campaign mechanism, on tiny campaigns of its own."""

from __future__ import annotations

import random

import pytest

from tests.campaign.harness import Campaign, main


def dice(seed: int) -> None:
    """Throw a die a hundred times and find a seven."""
    rolls = [random.Random(seed).randint(1, 6) for _ in range(100)]
    assert 7 not in rolls


def seedless(seed: int) -> None:
    """Find fault with the seed 13."""
    if seed == 13:
        raise ValueError("13")


TABLE = {"dice": dice, "seedless": seedless}


def test_the_seed_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dice", "--seed", "5"], TABLE) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first == "dice: seed 5"
    assert last.startswith("dice: no fault in ")


def test_a_fault_comes_through_after_its_seed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="13"):
        main(["--seed", "13"], TABLE)
    assert capsys.readouterr().out.splitlines()[-1] == "seedless: seed 13"


def test_a_number_behind_a_name_says_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[tuple[int, int]] = []
    table: dict[str, Campaign] = {"many": lambda seed, count=7: asked.append((seed, count)), **TABLE}
    assert main(["many", "30", "dice", "--seed", "5"], table) == 0
    assert main(["many", "--seed", "5"], table) == 0
    assert asked == [(5, 30), (5, 7)]


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz"], TABLE) == 2
    assert "known campaigns: dice, seedless" in capsys.readouterr().err


def test_help_shows_what_each_tries(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"], TABLE)
    assert "dice: Throw a die" in capsys.readouterr().out

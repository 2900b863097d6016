"""Three monkeys for a minute each (G9); `python3 dev.py campaign monkey 3` lets one play for three."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.ui.job.conftest import Start
from tests.ui.job.driver import same
from tests.ui.job.monkey import Monkey

SECONDS = 60.0


# The offscreen platform says this of every menu that opens.
@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("player", range(3))
def test_monkey_breaks_nothing_and_loses_nothing(start: Start, sample: Path, player: int) -> None:
    seed = secrets.randbelow(2**32)
    print(f"monkey {player}, seed {seed}")  # noqa: T201 - what failed can be had again
    driver = start(sample)
    driver.wait_for_image()
    monkey = Monkey(driver, seed)
    monkey.run(SECONDS)
    monkey.rest()
    assert len(monkey.log) > 50, "the monkey hardly moved"
    driver.workspace.choose(driver.workspace.contents.studies[0])
    driver.wait_for_image()
    monkey.rest()
    made = driver.records
    driver.close()
    again = start(sample)
    again.wait_for_image()
    assert same(again.records, made)

"""One flipped bit in the file: what is shown is right, or flagged, or the store is set aside (H85)."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path

from tests.store.samples import record, study_of
from viewer_app.errors import StoreTooNew
from viewer_app.store import FILE_NAME, Store, open_store

MEASUREMENTS = {f"m{number}": record(f"m{number}", number=number + 0.1) for number in range(30)}


def run_bit_rot_campaign(rounds: int, seed: int) -> Counter[str]:
    """Flip one random bit, `rounds` times; how often the outcome was right, flagged, set aside, wrong, missing."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        sound = _sound_store(Path(name) / "sound")
        return Counter(_one_round(Path(name) / str(number), sound, chance) for number in range(rounds))


def _sound_store(folder: Path) -> bytes:
    with open_store(folder) as store:
        study_id = study_of(store)
        for kept in MEASUREMENTS.values():
            store.add(study_id, kept)
    return (folder / FILE_NAME).read_bytes()


def _one_round(folder: Path, sound: bytes, chance: random.Random) -> str:
    flipped = bytearray(sound)
    place = chance.randrange(len(flipped) * 8)
    flipped[place // 8] ^= 1 << place % 8
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(flipped)
    try:
        with open_store(folder) as store:
            return "set aside" if store.notices else _outcome(store)
    except StoreTooNew:  # the version itself was hit: refused, untouched
        return "refused"


def _outcome(store: Store) -> str:
    found = [item for entry in store.studies() for item in store.list(entry.study_id)]
    if {item.uid for item in found if not item.doubt} - set(MEASUREMENTS) or any(
        item.record != MEASUREMENTS[item.uid] for item in found if not item.doubt
    ):
        return "wrong"
    if len(found) < len(MEASUREMENTS):
        return "missing"
    return "flagged" if any(item.doubt for item in found) else "right"

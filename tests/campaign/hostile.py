"""The long form of the hostile catalogue (G1, G2, G3, G18)."""

from __future__ import annotations

import random
from collections import Counter

from tests.campaign.frames import run_frames, run_kills
from tests.campaign.fuzz import run_fuzz
from tests.hostile.catalogue import catalogue
from tests.hostile.driver import Crew
from tests.hostile.parts import CODED

_FILES = 5_000
_FRAMES_PER_FILE, _FILES_PER_KILL = 40, 5


def hostile(seed: int, files: int = _FILES) -> None:
    """The whole catalogue, 5,000 damaged files, 200,000 damaged frames a codec, 1,000 kills; N: other than 5,000."""
    _show("catalogue", run_catalogue(seed))
    _show("files", run_fuzz(files, seed))
    recovery = run_kills(max(files // _FILES_PER_KILL, 1), seed)
    _show("kills", recovery)
    assert recovery.late <= recovery.kills // 100, "the next image takes more than a second"
    for name in CODED:
        _show(name, run_frames(name, files * _FRAMES_PER_FILE, seed))


def _show(name: str, found: object) -> None:
    print(f"  {name}: {dict(found) if isinstance(found, Counter) else found}", flush=True)


def run_catalogue(seed: int) -> Counter[str]:
    """Every case, quick and thorough, in an order of the seed's; raises for faults, all of them named."""
    cases = list((catalogue() | catalogue(thorough=True)).values())
    random.Random(seed).shuffle(cases)
    crew = Crew(thorough=True)
    try:
        results = [waiting.result() for waiting in [crew.submit(case) for case in cases]]
    finally:
        crew.close()
    expected = {case.id for case in cases if case.reason_not_yet}
    faults = [f"{result.case}: {result.fault}" for result in results if result.fault and result.case not in expected]
    assert not faults, f"seed {seed}, {len(faults)} fault(s):\n" + "\n".join(faults)
    return Counter(result.outcome for result in results)

"""What is remembered of the header before changes nothing that is read of the next one."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.sources.series import SLICES
from tests.sources.test_elements import SYNTAXES, WANTED, by_walking, same_or_declined, told, written
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.progress import Watch
from viewer_app.sources import elements
from viewer_app.sources.elements import Declined, walk
from viewer_app.sources.runs import Runs, Span


@pytest.fixture(autouse=True)
def runs() -> Iterator[None]:
    """Nothing learned before."""
    elements._runs.cache_clear()
    yield
    elements._runs.cache_clear()


def learned(syntax: str) -> Runs:
    return elements._runs(elements._FORMS[syntax], WANTED)


def slices(syntax: str) -> list[bytes]:
    """Numbers of other lengths in each, and sequences of undefined length between them."""
    changing = {"InstanceNumber": 5, "SliceLocation": 8, "ImagePositionPatient": 3}
    return [
        written(
            syntax,  # type: ignore[arg-type]  # a UID is a text
            undefined=True,
            SliceLocation="1" * (1 + number % changing["SliceLocation"]),
            InstanceNumber=10 ** (number % changing["InstanceNumber"]),
            ImagePositionPatient=["-1.5", "2", "7" * (1 + number % changing["ImagePositionPatient"])],
            SOPInstanceUID=f"1.2.3.{number}",
        )
        for number in range(2 * SLICES)
    ]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_slices_are_read_as_pydicom_does(syntax: str) -> None:
    assert all(same_or_declined(content) for content in slices(syntax))
    assert learned(syntax).known


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_damage_to_a_repeated_header(syntax: str) -> None:
    """A byte changed, one lost and one too many, in the midst of what is known; the file cut there."""
    *before, content = slices(syntax)
    end = len(content) - 768
    for place in range(150, end, 31):
        for one in before[:3]:
            by_walking(one)
        for damaged in (
            content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :],
            content[:place] + content[place + 1 :],
            content[:place] + b" " + content[place:],
            content[:place],
        ):
            found = by_walking(damaged)
            elements._runs.cache_clear()
            alone = by_walking(damaged)
            with quiet_pydicom:
                assert (found and told(found.dataset)) == (alone and told(alone.dataset))
            for one in before[:3]:
                by_walking(one)


def test_a_stretch_that_comes_twice_is_declined() -> None:
    contents = slices(ExplicitVRLittleEndian)
    for content in contents:
        by_walking(content)
    for run in learned(ExplicitVRLittleEndian).known.values():
        place = contents[-1].index(run.raw)
        doubled = contents[-1][:place] + run.raw + contents[-1][place:]
        with pytest.raises(Declined):
            walk(io.BytesIO(doubled), WANTED, Watch())


def test_known_stretches_are_taken_at_once() -> None:
    steps = []
    for content in slices(ImplicitVRLittleEndian):
        one = elements._Walk(io.BytesIO(content), Watch())
        one.header(WANTED)
        start = 132 + 12 + int.from_bytes(content[140:144], "little")
        known = learned(ImplicitVRLittleEndian).known
        steps.append(one._elements(start, WANTED, elements._META_END, elements._PIXELS, known)[3])
    assert steps[-1] < steps[0] / 2


def test_headers_with_nothing_in_common_are_seldom_looked_at() -> None:
    """Looking for runs is dear: in vain it is done less and less often."""
    found, looked = Runs(), 0
    for number in range(1000):
        if found.is_due(60, 3000):
            looked += 1
            found.learn(number.to_bytes(8, "little"), [Span(0x00080008, 0, 8)], {})
    assert looked < 40
    assert not found.known


def test_big_headers_are_left_alone() -> None:
    assert not any(Runs().is_due(60, 1 << 20) for _ in range(20))
    assert learned(ExplicitVRBigEndian).known == {}

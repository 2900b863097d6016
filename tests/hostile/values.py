"""H43 and H44: what turns stored values into numbers and greys."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.case import Case, Seen, shown
from tests.hostile.parts import TRUTH, changed, content, dataset, puts, puts_all, without

_INTERCEPT, _SLOPE, _TYPE = 0x00281052, 0x00281053, 0x00281054
_CENTER, _WIDTH = 0x00281050, 0x00281051


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    whole = content(dataset(WindowCenter="40", WindowWidth="400"))
    doubtful = shown("Rescale Slope and Intercept|rescale", unit="")
    for name, value in {
        "zero": b"0 ", "text": b"one ", "nan": b"nan ", "infinite": b"inf ", "two": b"1\\2 ", "empty": b"",
        "comma": b"0,5 ",
    }.items():  # fmt: skip
        yield Case(f"H43-slope-{name}", puts(changed(whole, _SLOPE, value=value)), doubtful, (TRUTH,))
        if name != "zero":
            yield Case(f"H43-intercept-{name}", puts(changed(whole, _INTERCEPT, value=value)), doubtful, (TRUTH,))
    yield Case("H43-no-slope", puts(without(whole, _SLOPE)), doubtful, (TRUTH,))
    yield Case("H43-no-intercept", puts(without(whole, _INTERCEPT)), doubtful, (TRUTH,))
    yield Case("H43-slope-negative", puts(changed(whole, _SLOPE, value=b"-1")), shown(unit="HU"), (TRUTH,))
    neither = without(without(without(whole, _SLOPE), _INTERCEPT), _TYPE)
    yield Case("H43-neither", puts(neither), shown(unit=""), (TRUTH,))
    slopes = puts_all(lambda: [dataset(number=k, origin=(0, 0, k), RescaleSlope=str(k)) for k in (1, 2, 3)])
    yield Case("H43-a-slope-for-each-slice", slopes, _own_slopes, (TRUTH,))
    yield from _windows(whole)


def _own_slopes(seen: Seen) -> None:
    shown(count=3)(seen)
    slopes = [(item.image.instance.instance_number, item.image.frame.rescale.slope) for item in seen.shown]
    assert sorted(slopes) == [(1, 1.0), (2, 2.0), (3, 3.0)], slopes


def _windows(whole: bytes) -> Iterator[Case]:
    """The driver itself checks that the window in use is finite and wider than nothing."""
    twenty = b"\\".join([b"40"] * 20) + b" "
    for name, width in {
        "0": b"0 ", "minus-400": b"-400", "1": b"1 ", "0.3": b"0.3 ", "1e9": b"1e9 ", "nan": b"nan ", "text": b"wide",
        "empty": b"", "20-values": twenty, "2-values": b"400\\1500", "1e308": b"1e308 ", "1e-320": b"1e-320",
    }.items():  # fmt: skip
        value = width + b" " * (len(width) % 2)
        yield Case(f"H44-width-{name}", puts(changed(whole, _WIDTH, value=value)), shown(unit="HU"), (TRUTH,))
    for name, center in {"nan": b"nan ", "1e308": b"1e308 ", "infinite": b"-inf", "2-values": b"40\\50 "}.items():
        value = center + b" " * (len(center) % 2)
        yield Case(f"H44-center-{name}", puts(changed(whole, _CENTER, value=value)), shown(unit="HU"), (TRUTH,))
    only = changed(whole, _WIDTH, value=twenty)
    yield Case("H44-20-of-each", puts(changed(only, _CENTER, value=twenty)), shown(unit="HU"), (TRUTH,))

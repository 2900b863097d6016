"""H52 and H53: text that is no text, and files that are also programs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.case import Case, Expectation, Seen, shown
from tests.hostile.parts import PREAMBLE, TRUTH, changed, content, dataset, puts, without

_NAME, _DESCRIPTION, _CHARSET = 0x00100010, 0x00081030, 0x00080005
_LONGEST = 2000

_NAMES = {
    "bad-utf8": b"M\xfcller^Zo\xeb\xff\xfe",
    "surrogate": b"Lone\xed\xa0\x80^Surrogate",
    "control": b"Bell\x07^Tab\tNull\0Escape\x1b[31mRed",
    "bidi": "Evil\u202etxt.exe\u202c^Name".encode(),
    "newlines": b"One\r\nTwo\nThree",
    "markup": b"<img src='file:///etc/passwd'><b>Bold</b>",
    "template": b"${PATH} %s {0} {name.__class__}",
    "iso-2022": b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
    "iso-2022-unfinished": b"Yamada\x1b$B;3",
    "long": b"N" * 60_000,
    "many-groups": b"=".join([b"A^B"] * 20),
    "carets": b"^" * 500,
    "backslashes": b"\\" * 400,
    "zero-width": "Zero\u200b\u200d\ufeff^Width".encode(),
}
_CHARSETS = {
    "bogus": b"ISO_IR 999",
    "multi": b"\\ISO 2022 IR 87\\ISO 2022 IR 149",
    "utf8-and-more": b"ISO_IR 192\\ISO 2022 IR 87",
    "python": b"rot13 ",
    "idna": b"idna",
    "empty-values": b"\\\\",
    "long": b"X" * 5000,
    "none": None,
}


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    whole = content(dataset())
    for name, written_name in _NAMES.items():
        value = written_name + b" " * (len(written_name) % 2)
        written = changed(whole, _NAME, value=value[:65_534])
        yield Case(f"H52-name-{name}", puts(changed(written, _DESCRIPTION, value=value[:65_534])), plain, (TRUTH,))
    for name, charset in _CHARSETS.items():
        accented = changed(whole, _NAME, value="Müller^Zoë".encode("latin-1"))
        if charset is None:
            accented = without(accented, _CHARSET)
        else:
            accented = changed(accented, _CHARSET, value=charset + b" " * (len(charset) % 2))
        yield Case(f"H52-charset-{name}", puts(accented), plain, (TRUTH,))
    for tag in (0x0020000D, 0x0020000E, 0x00080018, 0x00080016, 0x00080060, 0x00080020):
        value = b"../../\x1b[2J\xe2\x80\xae" + b"9" * 63
        yield Case(f"H52-uid-{tag:08x}", puts(changed(whole, tag, value=value)), _told_plainly, (TRUTH,))
    for name, start in {"mz": b"MZ\x90\0", "elf": b"\x7fELF\2\1\1", "tiff": b"II*\0", "script": b"#!/bin/sh\n"}.items():
        words = "begins like a program" if name in ("mz", "elf") else ""
        preamble = start.ljust(128, b"\x90") + b"DICM"
        yield Case(f"H53-{name}", puts(preamble + whole[len(PREAMBLE) :]), shown(words), (TRUTH,))


def _plain(expect: Expectation) -> Expectation:
    """And every text that reaches a person is one line, printable and of bearable length."""

    def check(seen: Seen) -> None:
        expect(seen)
        for item in seen.shown:
            instance = item.image.instance
            texts = (instance.patient.name, instance.study.description, instance.series.series_uid, instance.locator)
            for told in (*texts, *instance.details.values(), item.said):
                assert told.isprintable(), repr(told)
                assert len(told) <= _LONGEST, len(told)

    return check


def _either(seen: Seen) -> None:
    assert seen.shown or seen.told or seen.others


plain = _plain(shown())
_told_plainly = _plain(_either)

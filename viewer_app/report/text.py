"""Text that survives a report: nothing invisible, nothing that a spreadsheet would run."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

NOT_AVAILABLE = "not available"

_REPLACEMENT = "\ufffd"
_KEPT = "\t\n\r"
_VISIBLE = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in _KEPT},
    0x7F: "\u2421",
    **dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], _REPLACEMENT),
}
_FORMULA = r"[\s']*[=+\-@＝＋－＠]"
_STARTS = re.compile(rf"{_FORMULA}|'*[\t\r\n]")
# A spreadsheet of another country takes ";" or a tab for the end of a field, so what follows one counts as well.
_TO_QUOTE = re.compile(rf"^(?='*[\t\r\n])|(^|[;\t\r\n])(?={_FORMULA})")
_QUOTED = re.compile(rf"^'(?='*[\t\r\n])|(^|[;\t\r\n])'(?={_FORMULA})")
_DICOM_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def visible(text: str) -> str:
    """`text` as any file can hold it: UTF-8, XML 1.0.

    Control characters except tab, LF and CR become their Unicode pictures
    (U+2400 and on), lone surrogates and C1 controls U+FFFD.
    """
    return text.translate(_VISIBLE)


def looks_like_formula(text: str) -> bool:
    """True where a spreadsheet might take `text` for a formula.

    That is text which, after any white space and apostrophes, begins with
    = + - @ or their full-width forms, or which begins with a tab, CR or LF.
    """
    return _STARTS.match(text) is not None


def neutralised(text: str) -> str:
    """`text` with an apostrophe before all that looks like a formula; `restored` takes each away again.

    That is at the start, and after every semicolon, tab, CR and LF inside.
    """
    return _TO_QUOTE.sub(r"\1'", text)


def restored(text: str) -> str:
    """The text that `neutralised` was given, exactly."""
    return _QUOTED.sub(r"\1", text)


def dicom_date(text: str) -> date | str:
    """The day a DICOM DA value means (PS3.5 6.2, YYYYMMDD), or the text itself where it means none."""
    match = _DICOM_DATE.fullmatch(text.strip())
    try:
        return date(*map(int, match.groups())) if match else text
    except ValueError:
        return text


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC; one that names no zone is UTC already, as everything stored is."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

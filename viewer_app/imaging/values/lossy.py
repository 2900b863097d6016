"""Whether an image has lost something to compression, in words for image and report (C42; PS3.3 C.7.6.1.1.5)."""

from __future__ import annotations

from viewer_app.imaging.headers import Instance

_BASE = "1.2.840.10008.1.2.4."
# What these transfer syntaxes carry has been through a lossy coder, whatever Lossy Image Compression says (PS3.5 8.2).
_ALWAYS = {
    "50": "JPEG",
    "51": "JPEG",
    "81": "JPEG-LS near-lossless",
    "91": "JPEG 2000",
    "93": "JPEG 2000",
    "203": "HTJ2K",
    "111": "JPEG XL",
    "112": "JPEG XL",
    **{str(number): "MPEG" for number in range(100, 109)},
}
# These may hold a lossless stream all the same.
_MAYBE = frozenset({"81", "91", "93", "203", "111", "112"})
# Defined terms of Lossy Image Compression Method.
_METHODS = {
    "ISO_10918_1": "JPEG",
    "ISO_14495_1": "JPEG-LS near-lossless",
    "ISO_15444_1": "JPEG 2000",
    "ISO_15444_15": "HTJ2K",
    "ISO_18181_1": "JPEG XL",
    "ISO_13818_2": "MPEG-2",
    "ISO_14496_10": "MPEG-4 AVC",
    "ISO_23008_2": "HEVC",
}


def lossy_words(instance: Instance) -> str:
    """ "Lossy compression 12:1, JPEG 2000", with what of it is known; "" for an image that has lost nothing.

    Compression once suffered stays: an image that was unpacked again is lossy too.
    """
    syntax = instance.transfer_syntax_uid.removeprefix(_BASE)
    details = instance.details
    if details.get("LossyImageCompression") == "01":
        ratios = " then ".join(f"{ratio}:1" for ratio in _parts(details.get("LossyImageCompressionRatio", "")))
        named = [_METHODS.get(part, part) for part in _parts(details.get("LossyImageCompressionMethod", ""))]
        method = ", ".join(dict.fromkeys(named)) or _ALWAYS.get(syntax, "")
        return ", ".join(part for part in (f"Lossy compression {ratios}".strip(), method) if part)
    if syntax not in _ALWAYS:
        return ""
    likely = "Perhaps lossy compression" if syntax in _MAYBE else "Lossy compression"
    return f"{likely}, {_ALWAYS[syntax]}"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("\\") if part.strip()]

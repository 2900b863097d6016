"""What an attribute is called and how it is represented, from the dictionaries (PS3.6, and pydicom's private one)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pydicom.datadict import (
    dictionary_description,
    dictionary_keyword,
    dictionary_VR,
    private_dictionary_description,
    private_dictionary_VR,
)
from pydicom.tag import Tag


class Known(NamedTuple):
    """Keyword ("" for a private one), name and value representation ("UN" where nobody knows it)."""

    keyword: str
    name: str
    vr: str


@lru_cache(maxsize=50_000)
def known(number: int, creator: str) -> Known:
    """What the dictionaries say of a tag; `creator` is the private creator of its block, "" for a standard tag."""
    tag = Tag(number)
    if tag.is_private:
        return _private(number, creator)
    if tag.element == 0:
        return Known("", "Group Length", "UL")
    try:
        return Known(dictionary_keyword(tag), dictionary_description(tag), dictionary_VR(tag))
    except KeyError:
        return Known("", "Unknown attribute", "UN")


def _private(number: int, creator: str) -> Known:
    element = number & 0xFFFF
    if element == 0:
        return Known("", "Group Length", "UL")
    if 0x10 <= element <= 0xFF:
        return Known("", "Private Creator", "LO")
    if not creator:
        return Known("", "Private attribute without a creator", "UN")
    try:
        name, vr = private_dictionary_description(number, creator), private_dictionary_VR(number, creator)
    except KeyError:
        return Known("", f"Private · {creator}", "UN")
    return Known("", f"{name} · {creator}", vr if len(vr) == 2 else "UN")

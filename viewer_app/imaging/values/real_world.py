"""Real world values: other meanings of the stored values, which a file may add to their modality values."""

from __future__ import annotations

from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

_SEQUENCE = "RealWorldValueMappingSequence"
_NO_UNIT = ("", "no units", "unity", "1")


def real_world_note(groups: Groups, number: int, unit: str) -> tuple[str, ...]:
    """A sentence where frame `number` (from 1) has a Real World Value Mapping of a unit (PS3.3 C.7.6.16.2.11).

    Such a mapping is told, not applied: `unit` is that of the values Caliper measures.
    """
    holder = groups.holder(number, _SEQUENCE)
    items = tags.items(holder, _SEQUENCE) if holder is groups.dataset else [holder]
    for item in items[:1]:
        units = tags.items(item, "MeasurementUnitsCodeSequence")
        name = tags.text(units[0], "CodeMeaning") or tags.text(units[0], "CodeValue") if units else ""
        if name.lower() not in _NO_UNIT and name != unit:
            label = tags.text(item, "LUTExplanation") or tags.text(item, "LUTLabel")
            what = f"{label} in {name}" if label else name
            shown = f"in {unit}" if unit else "as they are stored, without a unit"
            return (f"The file also maps its values to {what}; Caliper shows them {shown}.",)
    return ()

"""How an image was taken, as texts by DICOM keyword, where a header does not say it at its top level."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydicom import Dataset

from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

# What a plain text leaves out, a code may say: the text, and the sequence of the code (PS3.3 C.7.6.4, C.8.11.7).
_CODED = {"ContrastBolusAgent": "ContrastBolusAgentSequence", "ViewPosition": "ViewCodeSequence"}

CODE_TAGS = tuple(_CODED.values())
"""What `coded_texts` reads beside `texts`."""

# Functional groups of enhanced objects and what of them is told (PS3.3 C.7.6.16, C.8.13, C.8.15, C.8.19).
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "PixelMeasuresSequence": ("SliceThickness", "SpacingBetweenSlices"),
    "FrameAnatomySequence": ("FrameLaterality",),
    "MRTimingAndRelatedParametersSequence": ("RepetitionTime", "FlipAngle"),
    "MREchoSequence": ("EffectiveEchoTime",),
    "MRModifierSequence": ("InversionTimes",),
    "CTXRayDetailsSequence": ("KVP",),
    "CTExposureSequence": ("XRayTubeCurrentInmA", "ExposureInmAs"),
    "CTReconstructionSequence": ("ConvolutionKernel",),
    "PositionerPositionSequence": ("PositionerPrimaryAngle", "PositionerSecondaryAngle"),
}


def coded_texts(dataset: Dataset, known: Mapping[str, str]) -> dict[str, str]:
    """The meaning of a code by the keyword of its sequence, for those texts that are not `known`."""
    found = {}
    for keyword, sequence in _CODED.items():
        if keyword not in known:
            meanings = [tags.text(item, "CodeMeaning") for item in tags.items(dataset, sequence)]
            if told := ", ".join(filter(None, meanings)):
                found[sequence] = told
    return found


def group_texts(dataset: Dataset, frames: int) -> dict[str, str]:
    """What the functional groups of an enhanced object say of all its `frames`; what differs among them is left out."""
    groups = Groups(dataset)
    if groups.is_classic:
        return {}
    found = {}
    for sequence, keywords in _GROUPS.items():
        for keyword in keywords:
            if told := _of_all(groups, sequence, keyword, frames):
                found[keyword] = told
    return found


def _of_all(groups: Groups, sequence: str, keyword: str, frames: int) -> str:
    def of(number: int) -> str:
        group = groups.group(number, sequence)
        return "" if group is None else tags.text(group, keyword)

    return of(1) if not groups.varies(sequence) or _alike(of, frames) else ""


def _alike(of: Callable[[int], str], frames: int) -> bool:
    first = of(1)
    return all(of(number) == first for number in range(2, frames + 1))

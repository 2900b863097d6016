"""The fields of the corner text that say how an image was made, from the details of its header. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from viewer_app.measure.present import THIN_SPACE
from viewer_app.ui.words import joined, measure_text, positive_text, short_number

Details = Mapping[str, str]

# Name of the field: keywords (the first that says something), unit, what stands before the number.
_MEASURES: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "kvp": (("KVP",), "kV", ""),
    "tube_current": (("XRayTubeCurrent", "XRayTubeCurrentInmA"), "mA", ""),
    "exposure": (("Exposure", "ExposureInmAs"), "mAs", ""),
    "repetition_time": (("RepetitionTime",), "ms", "TR "),
    "echo_time": (("EchoTime", "EffectiveEchoTime"), "ms", "TE "),
    "inversion_time": (("InversionTime", "InversionTimes"), "ms", "TI "),
    "field_strength": (("MagneticFieldStrength",), "T", ""),
    "compressed_thickness": (("BodyPartThickness",), "mm", "compressed "),
    "compression_force": (("CompressionForce",), "N", ""),
}
# What of a thermal index is estimated (PS3.3 C.8.24.2; soft tissue, bone, cranial bone).
_THERMAL = {"SoftTissueThermalIndex": "TIS", "BoneThermalIndex": "TIB", "CranialThermalIndex": "TIC"}


def _measure(keywords: tuple[str, ...], unit: str, before: str) -> Callable[[Details], str]:
    def words(details: Details) -> str:
        told = next((details[keyword] for keyword in keywords if details.get(keyword)), "")
        return positive_text(told, unit, before)

    return words


def _flip_angle(details: Details) -> str:
    told = positive_text(details.get("FlipAngle", ""), "", "flip ")
    return f"{told}°" if told else ""


def _frame_duration(details: Details) -> str:
    written = details.get("ActualFrameDuration", "")
    return f"duration {short_number(float(written) / 1000)}{THIN_SPACE}s" if positive_text(written, "") else ""


def _thermal_index(details: Details) -> str:
    return joined(*(measure_text(details.get(keyword, ""), "", f"{name} ") for keyword, name in _THERMAL.items()))


def _contrast(details: Details) -> str:
    agent = details.get("ContrastBolusAgent") or details.get("ContrastBolusAgentSequence", "")
    return f"Contrast {agent}" if agent else ""


def _kernel(details: Details) -> str:
    kernel = details.get("ConvolutionKernel", "")
    return f"Kernel {kernel}" if kernel else ""


def _positioner_angles(details: Details) -> str:
    """ "LAO 30° · CRA 15°": positive is towards the patient's left and head (PS3.3 C.8.7.5.1.2).

    They hold for the first frame, which is said where the positioner moved.
    """
    primary = _angle(details.get("PositionerPrimaryAngle", ""), "LAO", "RAO", 180)
    secondary = _angle(details.get("PositionerSecondaryAngle", ""), "CRA", "CAU", 90)
    told = joined(primary, secondary)
    return f"starts at {told}" if told and details.get("PositionerMotion") == "DYNAMIC" else told


def _angle(written: str, positive: str, negative: str, largest: float) -> str:
    if not measure_text(written, ""):
        return ""
    degrees = float(written)
    if abs(degrees) > largest:
        return ""
    side = f"{negative}/{positive}" if not degrees else positive if degrees > 0 else negative
    return f"{side} {short_number(abs(degrees))}°"


TECHNIQUE: Mapping[str, Callable[[Details], str]] = MappingProxyType(
    {
        **{name: _measure(*row) for name, row in _MEASURES.items()},
        "flip_angle": _flip_angle,
        "frame_duration": _frame_duration,
        "mechanical_index": lambda details: measure_text(details.get("MechanicalIndex", ""), "", "MI "),
        "thermal_index": _thermal_index,
        "positioner_angles": _positioner_angles,
        "kernel": _kernel,
        "contrast": _contrast,
        "sequence": lambda details: details.get("SequenceName", ""),
        "protocol": lambda details: details.get("ProtocolName", ""),
        "view_position": lambda details: details.get("ViewPosition") or details.get("ViewCodeSequence", ""),
    }
)

"""P9: PET slices with every way to an SUV, and the factor that belongs to each (C36; PS3.3 C.8.9.1, C.8.9.2).

70 kg and 350 MBq of a tracer whose half-life is 6600 s, injected 6600 s before the
series: 175 MBq are left, so that 1 Bq/ml is 70 000 g / 175 000 000 Bq = 0.0004 g/ml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from pydicom.dataset import FileDataset

from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset
from viewer_app.phantom.modalities import Values, items

WEIGHT_KG, DOSE_BQ, HALF_LIFE_S = 70.0, 350e6, 6600.0
DECAYED, UNDECAYED = 4e-4, 2e-4
STORED = 5000
_PHILIPS_GROUP, _PHILIPS_CREATOR = 0x7053, "Philips PET Private Group"
_GE_GROUP, _GE_CREATOR = 0x0009, "GEMS_PETD_01"


@dataclass(frozen=True)
class PetCase:
    """One row: what differs from the plain case, and the expected answer.

    `factor` turns a modality value (Units of the file) into SUVbw in g/ml; None
    where there is none, which the reader then says why. `tracer` are attributes of
    the item of Radiopharmaceutical Information Sequence, `private` those of the
    vendor's block by element number.
    """

    name: str
    factor: float | None
    values: Values = field(default_factory=dict)
    tracer: Values = field(default_factory=dict)
    private: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def suv(self) -> float | None:
        """SUVbw of every pixel; None where there is none."""
        return None if self.factor is None else STORED * self.factor

    @property
    def image(self) -> FileDataset:
        """The slice: 16 x 16 pixels of 4 mm, all of `STORED`, at Rescale Slope 1."""
        tracer = {**_TRACER, **self.tracer}
        sequence = items({keyword: value for keyword, value in tracer.items() if value is not None})
        stored = np.full((16, 16), STORED, dtype=np.uint16)
        plane = axial_plane((-30.0, -30.0, 0.0), 4.0, 4.0, f"pet {self.name}")
        values = {**_PLAIN, "RadiopharmaceuticalInformationSequence": sequence, **self.values}
        made = image_dataset(stored, plane, modality="PT", name=f"pet {self.name}", **values)
        if self.private:
            is_philips = values["Manufacturer"] == _PHILIPS["Manufacturer"]
            group, creator = (_PHILIPS_GROUP, _PHILIPS_CREATOR) if is_philips else (_GE_GROUP, _GE_CREATOR)
            block = made.private_block(group, creator, create=True)
            for element, (vr, value) in self.private.items():
                block.add_new(element, vr, value)
        return made


_PLAIN: Values = {
    "PatientWeight": "70",
    "CorrectedImage": ["DECY", "ATTN", "SCAT", "NORM"],
    "DecayCorrection": "START",
    "Units": "BQML",
    "AttenuationCorrectionMethod": "measured",
    "SeriesDate": "20260112",
    "SeriesTime": "110000",
    "AcquisitionDate": "20260112",
    "AcquisitionTime": "110000",
    "Manufacturer": "Caliper",
}
_TRACER: Values = {
    "RadionuclideCodeSequence": [],
    "RadiopharmaceuticalStartTime": "091000",
    "RadionuclideTotalDose": "350000000",
    "RadionuclideHalfLife": "6600",
}
_AFTER_MIDNIGHT: Values = {
    "SeriesTime": "005500",
    "AcquisitionTime": "005500",
}
_PHILIPS: Values = {"Manufacturer": "Philips Medical Systems", "Units": "CNTS"}
_GE: Values = {"Manufacturer": "GE MEDICAL SYSTEMS"}

PET_CASES: tuple[PetCase, ...] = (
    PetCase("START", DECAYED),
    PetCase("START, second bed position", DECAYED, {"AcquisitionTime": "112000", "FrameReferenceTime": "1200000"}),
    PetCase("START, date and time", DECAYED, tracer={"RadiopharmaceuticalStartDateTime": "20260112091000"}),
    PetCase("ADMIN", UNDECAYED, {"DecayCorrection": "ADMIN"}),
    PetCase("ADMIN, past midnight", UNDECAYED, {**_AFTER_MIDNIGHT, "DecayCorrection": "ADMIN"}),
    PetCase("NONE", None, {"DecayCorrection": "NONE", "CorrectedImage": ["ATTN"], "DecayFactor": None}),
    PetCase(
        "START, past midnight, date and time",
        DECAYED,
        _AFTER_MIDNIGHT,
        {"RadiopharmaceuticalStartTime": "230500", "RadiopharmaceuticalStartDateTime": "20260111230500"},
    ),
    PetCase("START, past midnight, time alone", DECAYED, _AFTER_MIDNIGHT, {"RadiopharmaceuticalStartTime": "230500"}),
    PetCase(
        "GE, series written later",
        DECAYED,
        {**_GE, "SeriesTime": "150000"},
        private={0x0D: ("DT", "20260112110000.00")},
    ),
    PetCase("Philips counts, SUV factor", 5e-4, _PHILIPS, private={0x00: ("DS", "0.0005"), 0x09: ("DS", "2")}),
    PetCase("Philips counts, activity factor", 2 * DECAYED, _PHILIPS, private={0x09: ("DS", "2")}),
    PetCase("Philips counts, SUV factor 0", 2 * DECAYED, _PHILIPS, private={0x00: ("DS", "0"), 0x09: ("DS", "2")}),
    PetCase("Philips counts without factors", None, _PHILIPS),
    PetCase("GML", 1.0, {"Units": "GML"}),
    PetCase("proportional counts", None, {"Units": "PROPCNTS"}),
    PetCase("no weight", None, {"PatientWeight": ""}),
    PetCase("weight 0", None, {"PatientWeight": "0"}),
    PetCase("no dose", None, tracer={"RadionuclideTotalDose": None}),
    PetCase("no half-life", None, tracer={"RadionuclideHalfLife": None}),
    PetCase("no start time", None, tracer={"RadiopharmaceuticalStartTime": None}),
    PetCase("injected after the scan", None, tracer={"RadiopharmaceuticalStartDateTime": "20260112120000"}),
    PetCase("not attenuation corrected", None, {"CorrectedImage": ["DECY"]}),
)

"""What the header of each kind of image must say beside its pixels, so that it is valid DICOM (PS3.3 annex A).

A row is one SOP class. Its values are constants; what a phantom is about (places,
spacings, rescale) comes on top. `dciodvfy` holds every row in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydicom import Dataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    MRImageStorage,
    NuclearMedicineImageStorage,
    PositronEmissionTomographyImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

Values = Mapping[str, Any]


def items(*rows: Values) -> Sequence[Dataset]:
    """A sequence of data sets with these values by DICOM keyword; a row's own rows are sequences again."""
    made = []
    for row in rows:
        item = Dataset()
        for keyword, value in row.items():
            setattr(item, keyword, value)
        made.append(item)
    return made


def code(value: str, scheme: str, meaning: str) -> Values:
    """A coded concept (PS3.3 8.8) as the values of an item."""
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}


_CHEST, _BREAST = code("51185008", "SCT", "Thorax"), code("76752008", "SCT", "Breast")
_CRANIO_CAUDAL = {**code("399162004", "SCT", "cranio-caudal"), "ViewModifierCodeSequence": []}

_DIGITAL_X_RAY: Values = {  # PS3.3 C.8.11.1 to C.8.11.4
    "ImageType": ["ORIGINAL", "PRIMARY", ""],
    "PresentationIntentType": "FOR PRESENTATION",
    "Laterality": None,
    "PatientOrientation": ["L", "F"],
    "AcquisitionContextSequence": [],
    "PixelIntensityRelationship": "LIN",
    "PixelIntensityRelationshipSign": -1,
    "RescaleSlope": "1",
    "RescaleIntercept": "0",
    "RescaleType": "US",
    "PresentationLUTShape": "IDENTITY",
    "LossyImageCompression": "00",
    "WindowCenter": "2048",
    "WindowWidth": "4096",
    "DetectorType": "DIRECT",
    "PositionerType": "NONE",
    "ImagerPixelSpacing": ["0.2", "0.2"],
    "PositionReferenceIndicator": None,
    "PatientPosition": None,
}
_ANGIO: Values = {  # PS3.3 C.8.7.1, C.8.7.2
    "ImageType": ["ORIGINAL", "PRIMARY", "SINGLE PLANE"],
    "PixelIntensityRelationship": "LIN",
    "KVP": "80",
    "RadiationSetting": "GR",
    "XRayTubeCurrent": "100",
    "ExposureTime": "10",
    "Exposure": "1",
    "PatientOrientation": ["L", "F"],
    "PositionReferenceIndicator": None,
    "PatientPosition": None,
}
_ULTRASOUND: Values = {  # PS3.3 C.8.5.6
    "ImageType": ["ORIGINAL", "PRIMARY", "", "0001"],
    "LossyImageCompression": "00",
    "PatientOrientation": "",
    "PositionReferenceIndicator": None,
    "PatientPosition": None,
}

MODALITIES: Mapping[str, Values] = {
    "CT": {  # PS3.3 C.8.2.1
        "SOPClassUID": CTImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "KVP": "120",
        "AcquisitionNumber": 1,
        "RescaleSlope": "1",
        "RescaleIntercept": "-1024",
        "RescaleType": "HU",
    },
    "MR": {  # PS3.3 C.8.3.1
        "SOPClassUID": MRImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"],
        "ScanningSequence": "SE",
        "SequenceVariant": "NONE",
        "ScanOptions": "",
        "MRAcquisitionType": "2D",
        "RepetitionTime": "520",
        "EchoTime": "11",
        "EchoTrainLength": 1,
        "MagneticFieldStrength": "1.5",
    },
    "CR": {  # PS3.3 C.8.1.1, C.8.1.2
        "SOPClassUID": ComputedRadiographyImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "ViewPosition": "AP",
        "PatientOrientation": ["L", "F"],
        "PositionReferenceIndicator": None,
        "PatientPosition": None,
    },
    "DX": {
        **_DIGITAL_X_RAY,
        "SOPClassUID": DigitalXRayImageStorageForPresentation,
        "ImageLaterality": "U",
        "AnatomicRegionSequence": items(_CHEST),
    },
    "MG": {  # PS3.3 C.8.11.7
        **_DIGITAL_X_RAY,
        "SOPClassUID": DigitalMammographyXRayImageStorageForPresentation,
        "BodyPartExamined": "BREAST",
        "ImageLaterality": "L",
        "OrganExposed": "BREAST",
        "AnatomicRegionSequence": items(_BREAST),
        "ViewCodeSequence": items(_CRANIO_CAUDAL),
        "PatientOrientation": ["A", "R"],
        "BreastImplantPresent": "NO",
    },
    "XA": {
        **_ANGIO,
        "SOPClassUID": XRayAngiographicImageStorage,
        "PositionerPrimaryAngle": "0",
        "PositionerSecondaryAngle": "0",
    },
    "RF": {**_ANGIO, "SOPClassUID": XRayRadiofluoroscopicImageStorage},
    "US": {**_ULTRASOUND, "SOPClassUID": UltrasoundImageStorage},
    "US multi-frame": {
        **_ULTRASOUND,
        "SOPClassUID": UltrasoundMultiFrameImageStorage,
        "Modality": "US",
        "FrameTime": "40",
        "FrameIncrementPointer": 0x00181063,
    },
    "NM": {  # PS3.3 C.8.4.8 to C.8.4.10
        "SOPClassUID": NuclearMedicineImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"],
        "NumberOfFrames": 1,
        "FrameIncrementPointer": [0x00540010, 0x00540020],
        "EnergyWindowVector": [1],
        "NumberOfEnergyWindows": 1,
        "DetectorVector": [1],
        "NumberOfDetectors": 1,
        "EnergyWindowInformationSequence": items({}),
        "RadiopharmaceuticalInformationSequence": items({"RadionuclideCodeSequence": []}),
        "DetectorInformationSequence": items(
            {"CollimatorType": "PARA", "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "ImagePositionPatient": [0, 0, 0]}
        ),
        "CountsAccumulated": "",
        "ActualFrameDuration": 1000,
        "BitsStored": 16,
        "PatientOrientationCodeSequence": [],
        "PatientGantryRelationshipCodeSequence": [],
        "PatientPosition": None,
    },
    "PT": {  # PS3.3 C.8.9.1, C.8.9.4
        "SOPClassUID": PositronEmissionTomographyImageStorage,
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "SeriesDate": "20260112",
        "SeriesTime": "100000",
        "AcquisitionDate": "20260112",
        "AcquisitionTime": "100000",
        "Units": "BQML",
        "CountsSource": "EMISSION",
        "SeriesType": ["STATIC", "IMAGE"],
        "NumberOfSlices": 1,
        "DecayCorrection": "START",
        "CorrectedImage": ["DECY"],
        "CollimatorType": "NONE",
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
        "FrameReferenceTime": "0",
        "ActualFrameDuration": 1000,
        "ImageIndex": 1,
        "DecayFactor": "1",
        "PatientOrientationCodeSequence": [],
        "PatientGantryRelationshipCodeSequence": [],
        "RadiopharmaceuticalInformationSequence": [],
        "BitsStored": 16,
        "PatientPosition": None,
    },
    "SC": {  # PS3.3 C.8.6.1
        "SOPClassUID": SecondaryCaptureImageStorage,
        "Modality": "OT",
        "ImageType": ["DERIVED", "SECONDARY"],
        "ConversionType": "WSD",
        "PatientOrientation": "",
        "PositionReferenceIndicator": None,
        "PatientPosition": None,
    },
}

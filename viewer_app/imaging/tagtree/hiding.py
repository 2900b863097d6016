"""What is not shown of a header while the patient is hidden (after PS3.15 annex E, table E.1-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer_app.imaging.tagtree.node import TagNode

HIDDEN = "hidden"

# Who the patient is, who sent and read, and where: by keyword. Person names (VR PN) and private values are hidden
# whatever their name.
# fmt: off
IDENTIFYING = frozenset({
    "AccessionNumber", "AdditionalPatientHistory", "AdmissionID", "AdmittingDate", "AdmittingDiagnosesCodeSequence",
    "AdmittingDiagnosesDescription", "Allergies", "BranchOfService", "ClinicalTrialSubjectID",
    "ClinicalTrialSubjectReadingID", "CountryOfResidence", "CurrentPatientLocation", "CustodialOrganizationSequence",
    "EthnicGroup", "FillerOrderNumberImagingServiceRequest", "HumanPerformerOrganization", "InstitutionAddress",
    "InstitutionCodeSequence", "InstitutionName", "InstitutionalDepartmentName", "InsurancePlanIdentification",
    "IssuerOfAccessionNumberSequence", "IssuerOfAdmissionID", "IssuerOfPatientID",
    "IssuerOfPatientIDQualifiersSequence", "IssuerOfServiceEpisodeID", "MedicalRecordLocator", "MilitaryRank",
    "Occupation", "OperatorIdentificationSequence", "OrderCallbackPhoneNumber", "OrderEnteredBy",
    "OrderEntererLocation", "OriginalAttributesSequence", "OtherPatientIDs", "OtherPatientIDsSequence",
    "PatientAddress", "PatientBirthDate", "PatientBirthTime", "PatientComments", "PatientID",
    "PatientInstitutionResidence", "PatientInsurancePlanCodeSequence", "PatientPrimaryLanguageCodeSequence",
    "PatientReligiousPreference", "PatientState", "PatientTelecomInformation", "PatientTelephoneNumbers",
    "PatientTransportArrangements", "PerformingPhysicianIdentificationSequence", "PersonAddress",
    "PersonIdentificationCodeSequence", "PersonTelecomInformation", "PersonTelephoneNumbers",
    "PhysiciansOfRecordIdentificationSequence", "PhysiciansReadingStudyIdentificationSequence",
    "PlacerOrderNumberImagingServiceRequest", "PreMedication", "ReceivingApplicationEntityTitle",
    "ReferencedPatientSequence", "ReferringPhysicianAddress", "ReferringPhysicianIdentificationSequence",
    "ReferringPhysicianTelephoneNumbers", "RegionOfResidence", "RequestedProcedureID", "RequestingService",
    "ResponsibleOrganization", "ScheduledPatientInstitutionResidence", "SendingApplicationEntityTitle",
    "ServiceEpisodeID", "SourceApplicationEntityTitle", "SpecialNeeds", "StationAETitle", "StationName", "StudyID",
    "VerifyingObserverIdentificationCodeSequence", "VerifyingOrganization",
})
# fmt: on


def is_identifying(tag: int, vr: str, keyword: str) -> bool:
    """True where the value of an element can tell who the patient is, or may: of private ones nobody knows."""
    private = bool(tag >> 16 & 1) and tag & 0xFFFF > 0xFF
    return vr in ("PN", "UN") or private or keyword in IDENTIFYING


def shown_value(node: TagNode, *, hidden: bool) -> str:
    """The value as it may be seen, searched and copied; `hidden` while the patient is hidden."""
    return HIDDEN if hidden and node.identifying and node.value else node.value

"""What the phantom is made of: a CT number and a T1-like MR signal for each tissue."""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.phantom.shapes import Shape


@dataclass(frozen=True, slots=True)
class Tissue:
    """`hu` in Hounsfield units; `signal` in arbitrary units of the MR-like series."""

    hu: float
    signal: float


@dataclass(frozen=True, slots=True)
class Layer:
    """A solid of one tissue. Layers are painted in order, each over the ones before."""

    shape: Shape
    tissue: Tissue


AIR = Tissue(-1000.0, 4.0)
SKIN = Tissue(5.0, 420.0)
FAT = Tissue(-105.0, 900.0)
INNER_FAT = Tissue(-98.0, 840.0)
MUSCLE = Tissue(58.0, 310.0)
LUNG = Tissue(-862.0, 26.0)
GAS = Tissue(-985.0, 5.0)
AIRWAY_WALL = Tissue(20.0, 240.0)
LUNG_VESSEL = Tissue(95.0, 110.0)
CORTEX = Tissue(760.0, 45.0)
THIN_CORTEX = Tissue(420.0, 120.0)
SPONGIOSA = Tissue(185.0, 560.0)
CARTILAGE = Tissue(115.0, 260.0)
DISC = Tissue(82.0, 250.0)
CORD = Tissue(32.0, 300.0)
BLOOD = Tissue(162.0, 120.0)
MYOCARDIUM = Tissue(104.0, 330.0)
OESOPHAGUS = Tissue(48.0, 300.0)
LIVER = Tissue(112.0, 450.0)
LIVER_VESSEL = Tissue(158.0, 300.0)
LESION = Tissue(52.0, 240.0)
GALL = Tissue(10.0, 170.0)
SPLEEN = Tissue(124.0, 290.0)
RENAL_CORTEX = Tissue(196.0, 400.0)
RENAL_MEDULLA = Tissue(142.0, 300.0)
PANCREAS = Tissue(92.0, 470.0)
GUT_WALL = Tissue(68.0, 320.0)
FLUID = Tissue(14.0, 150.0)
STOOL = Tissue(-8.0, 260.0)
NODULE = Tissue(42.0, 290.0)
MARKER = Tissue(1500.0, 4.0)
SHELL = Tissue(-180.0, 4.0)
FOAM = Tissue(-950.0, 4.0)
WATER = Tissue(0.0, 4.0)

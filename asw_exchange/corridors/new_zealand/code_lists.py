"""The code lists that the hub hands out, in part: what our samples and test data use.

Units are UN/ECE Rec 20, packages Rec 21, transport Rec 19. The hub's own lists are longer; codes of
treatments, conditions and uses are *modelled* where the public record names none.
"""

from __future__ import annotations

Entries = tuple[tuple[str, str], ...]

CODE_LISTS: dict[str, Entries] = {
    "GetAdditionalDeclarations": (
        ("1", "Free from quarantine pests"),
        ("2", "Inspected and found free from live insects"),
    ),
    "GetConditions": (("FRE", "fresh"), ("FRO", "frozen"), ("DRI", "dried"), ("DEB", "debarked")),
    "GetIntendedUses": (("CON", "consumption"), ("PRO", "processing"), ("PLT", "planting")),
    "GetMeanOfTransports": (("1", "sea"), ("2", "rail"), ("3", "road"), ("4", "air"), ("5", "mail")),
    "GetPackageTypes": (("BG", "bag"), ("BX", "box"), ("CT", "carton"), ("PX", "pallet"), ("BE", "bundle")),
    "GetPesticides": (("MB", "methyl bromide"), ("SF", "sulfuryl fluoride"), ("PH3", "phosphine")),
    "GetProductDescriptions": (("FRUIT", "fruits"), ("WOOD", "wood"), ("SEED", "seeds"), ("GRAIN", "grain")),
    "GetStatements": (("1", "Certifying statement of ISPM 12"), ("2", "Statement of re-export of ISPM 12")),
    "GetTreatmentTypes": (
        ("16", "fumigation"),
        ("17", "irradiation"),
        ("74", "cold treatment"),
        ("75", "hot air treatment"),
        ("76", "hot water treatment"),
        ("95", "heat treatment"),
    ),
    "GetUnitMeasures": (("KGM", "kilogram"), ("TNE", "tonne"), ("MTQ", "cubic metre"), ("H87", "piece")),
}
"""Operation to (code, name)."""

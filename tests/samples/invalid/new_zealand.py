"""New Zealand: for every rule one message with exactly one defect; the name begins with the rule's id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.testdata import stream
from asw_exchange.testdata.new_zealand_hub import tracked_envelope
from asw_exchange.verbs import build
from tests import new_zealand_builders as b

FUTURE = datetime(2999, 3, 1, tzinfo=UTC)
AUSTRALIA = m.SpsCountry(code="AU", name="Australia")

Named = tuple[str, m.Value]
Change = tuple[str, dict[str, Any]]


def line(**changes: Any) -> dict[str, Any]:
    """A certificate's only line with a change."""
    return {"items": (b.sps_item(**changes),)}


def treated(**changes: Any) -> dict[str, Any]:
    """A line with a treatment that has a change."""
    return line(treatments=(replace(b.TREATMENT, **changes),))


def re_exported(*notes: m.Note) -> dict[str, Any]:
    """A line for re-export with other notes."""
    return {"items": (replace(b.re_export().items[0], notes=notes),)}


def characteristics(*descriptions: tuple[str, ...]) -> dict[str, Any]:
    """A line treated as these characteristics and a full text say."""
    told = (*descriptions, ("TTFT", "Heated"))
    return treated(characteristics=tuple(m.Characteristic(descriptions=each) for each in told))


def phytosanitary() -> Iterator[Change]:
    """What can be wrong with a phytosanitary certificate."""
    yield "SP01--no-number", {"number": " "}
    yield "SP03--issued-in-the-future", {"issued_at": FUTURE}
    yield "SP04--status-expired", {"status_code": "49"}
    yield (
        "SP06--to-its-own-country",
        {
            "import_country": b.NZ,
            "consignee": b.sps_party("Ngā Kaitauhoko o Tāmaki", "NZ"),
            "port_of_discharge": None,
        },
    )
    yield "SP07--from-australia", {"export_country": AUSTRALIA}
    yield (
        "SP07--to-australia",
        {
            "import_country": AUSTRALIA,
            "consignee": b.sps_party("Harbour Grocers", "AU"),
            "port_of_discharge": None,
        },
    )
    yield "SP08--consignee-without-name", {"consignee": replace(b.phytosanitary().consignee, name="")}
    yield "SP08--consignor-without-name", {"consignor": replace(b.phytosanitary().consignor, name="")}
    yield "SP09--no-conveyance", {"movements": ()}
    yield "SP10--nothing-certified", {"signatory": b.signatory(clauses=(m.Clause(),))}
    yield "SP12--nobody-signed", {"signatory": b.signatory(authority="", officer=None)}
    yield "SP13--note-of-a-line", {"notes": (b.note("OQV", "40"),)}
    yield "SP14--unknown-note", line(notes=(b.note("DMTL", "Kiwifruit"),))
    yield "SP16--not-described", line(description="")
    yield "SP17--no-origin", line(origins=())
    yield "SP18--no-packages", line(packages=())
    yield "SP18--packages-twice", line(notes=(b.note("OPTND", "Thùng các-tông"),))
    yield "SP19--line-below-zero", {"items": (b.sps_item(-1),)}
    yield "SP19--line-twice", {"items": (b.sps_item(1), b.sps_item(1))}
    yield "SP20--quantity-without-unit", line(notes=(b.note("OQV", "40"),))
    yield "SP21--treatment-type-of-its-own", treated(type_code="16")
    yield "SP22--unknown-characteristic", characteristics(("TTL9", "Heat"))
    yield "SP23--treatment-not-told", treated(characteristics=b.TREATMENT.characteristics[:2])
    yield "SP24--characteristic-without-value", characteristics(("TTL1",))
    yield "SP27--re-export-note", line(notes=(b.note("RPCPC", "True"),))
    told = (*b.phytosanitary().notes, b.REPLACEMENT_NOTES[2])
    yield "SP30--reason-of-replacement-alone", {"notes": told}
    dotted = m.Classification(system="HS", code="0810.50")
    yield "SP32--dotted-code", line(classifications=(dotted,))
    empty = m.SpsPackages(level="4", type="CT", count=Decimal(0))
    yield "SP33--no-package-in-packages", line(packages=(empty,))
    yield "SP34--net-above-gross", line(net_weight=b.kilograms(10601))
    yield "SP35--no-quantity", line(net_weight=None, gross_weight=None)
    yield "SP36--no-botanical-name", line(scientific_name=None)
    invoice = m.ReferencedDocument(type_code="380", relationship="IV", id="HĐ-2025-017")
    yield "SP37--unknown-relationship", {"references": (invoice,)}
    yield "SP38--reference-without-number", {"references": (replace(invoice, relationship="ZZZ", id=""),)}
    yield "SP39--consignee-elsewhere", {"consignee": b.sps_party("Harbour Grocers", "AU")}
    yield "SP40--discharged-elsewhere", {"port_of_discharge": m.SpsPlace(code="SGSIN", name="Singapore")}


def re_export() -> Iterator[Change]:
    """What can be wrong with a certificate for re-export."""
    yield "SP11--clause-not-empty", {"signatory": b.SIGNATORY}
    yield "SP11--two-clauses", {"signatory": b.signatory(clauses=(m.Clause(), m.Clause()))}
    small = [
        replace(note, contents=("true",)) if note.subject == "RPCOR" else note for note in b.RE_EXPORT_NOTES
    ]
    yield "SP15--true-in-small-letters", re_exported(*small)
    yield "SP25--no-original", {"references": ()}
    yield "SP26--no-countries-of-origin", re_exported(*without("RPCCO"))
    yield "SP26--original-not-attached", re_exported(*without("RPCPC"), b.note("RPCPC", "False"))


def without(subject: str) -> tuple[m.Note, ...]:
    """The notes of a re-export but one."""
    return tuple(note for note in b.RE_EXPORT_NOTES if note.subject != subject)


def replacement() -> Iterator[Change]:
    """What can be wrong with a replacement."""
    yield "SP28--no-reason", {"notes": tuple(note for note in b.REPLACEMENT_NOTES if note.subject != "ADRPR")}
    yield "SP29--another-original", {"references": (replace(b.REPLACED, id="NZL2025/PH/000016"),)}


def veterinary() -> Iterator[Change]:
    """What can be wrong with a veterinary certificate alone."""
    animal = b.veterinary().items[0]
    yield "SP31--not-classified", {"items": (replace(animal, classifications=()),)}


def outcomes() -> Iterator[Change]:
    """What can be wrong with a border outcome."""
    about = b.outcome().references[0]
    yield "SA01--withdrawn", {"status_code": "40"}
    yield "SA02--rejected-without-reason", {"status_code": "41"}
    yield "SA03--about-nothing", {"references": ()}
    yield "SA04--decided-in-the-future", {"issued_at": FUTURE}
    yield "SA05--about-an-invoice", {"references": (replace(about, type_code="380"),)}


def goods(**changes: Any) -> dict[str, Any]:
    """A Form AANZ whose only item has a change."""
    return {"items": (b.aanz_item(**changes),)}


def criterion(rule: str, percentage: int | None = None) -> m.OriginCriterion:
    """An origin criterion."""
    return m.OriginCriterion(rule=rule, percentage=None if percentage is None else Decimal(percentage))


def ticked(**boxes: bool) -> dict[str, Any]:
    """Tick boxes of box 13."""
    return {"tick_boxes": m.TickBoxes(**boxes)}


VALUE = m.Amount(value=Decimal(34000), currency="USD")
PROOF = m.OriginalProof(reference="AANZ-AU-2025-004711", issued_on=date(2025, 1, 20), issuing_country="AU")


def aanz() -> Iterator[Change]:
    """What can be wrong with a Form AANZ."""
    good = b.aanz()
    signed, shipped = good.certification or m.Certification(), good.transport or m.Transport()
    yield "AZ01--no-number", {"reference": None}
    yield "AZ02--certified-elsewhere", {"certification": replace(signed, country="VN")}
    yield "AZ02--exporter-elsewhere", {"exporter": b.party("Harbour Grocers", "AU")}
    yield (
        "AZ02--issued-elsewhere",
        {
            "issuing_country": "AU",
            "exporter": b.party("Harbour Grocers", "AU"),
            "certification": replace(signed, country="AU"),
        },
    )
    yield (
        "AZ03--to-australia",
        {
            "importing_country": "AU",
            "consignee": b.party("Harbour Grocers", "AU"),
            "transport": replace(shipped, port_of_discharge=None),
        },
    )
    yield "AZ04--consignee-without-name", {"consignee": replace(good.consignee or m.Party(), name=None)}
    yield "AZ04--exporter-without-address", {"exporter": replace(good.exporter or m.Party(), address=None)}
    yield "AZ05--no-date-of-issue", {"certification": replace(signed, signed_on=None)}
    yield (
        "AZ05--issued-in-the-future",
        {
            "certification": replace(signed, signed_on=date(2999, 3, 1)),
            "transport": replace(shipped, departure_date=None),
        },
    )
    declared = replace(good.declaration or m.Declaration(), signed_on=date(2025, 3, 2))
    yield "AZ06--declared-after-issue", {"declaration": declared}
    yield "AZ07--no-goods", {"items": ()}
    yield "AZ07--item-number-twice", {"items": (b.aanz_item(1), b.aanz_item(1))}
    yield from aanz_goods()
    yield "AZ14--no-invoice", {"invoices": ()}
    late = m.Invoice(number="SAD-2025-018", issued_on=date(2025, 3, 2))
    yield "AZ15--invoice-after-issue", {"invoices": (late,)}
    yield "AZ16--invoicing-company-missing", ticked(third_country_invoicing=True)
    yield "AZ17--original-missing", ticked(back_to_back=True)
    own = replace(PROOF, issuing_country="NZ")
    yield "AZ17--original-of-the-same-state", {"original_proofs": (own,), **ticked(back_to_back=True)}
    yield "AZ18--not-retroactive", ticked(issued_retroactively=True)
    yield "AZ18--retroactive-not-ticked", {"transport": replace(shipped, departure_date=date(2025, 2, 20))}
    yield "AZ19--de-minimis-without-tariff-change", ticked(de_minimis=True)
    yield (
        "AZ20--accumulation-of-wholly-obtained",
        {
            **goods(origin_criterion=criterion("WO")),
            **ticked(accumulation=True),
        },
    )
    yield "AZ21--consignee-elsewhere", {"consignee": b.party("Harbour Grocers", "AU")}
    yield "AZ22--discharged-elsewhere", {"transport": replace(shipped, port_of_discharge="SGSIN")}


def aanz_goods() -> Iterator[Change]:
    """What can be wrong with an item of a Form AANZ."""
    yield "AZ08--no-packages", goods(packages=())
    yield "AZ08--not-described", goods(description=None)
    yield "AZ09--eight-digits", goods(hs_code="04022110")
    yield "AZ10--criterion-of-another-agreement", goods(origin_criterion=criterion("CTSH"))
    yield "AZ11--value-content-too-low", goods(origin_criterion=criterion("RVC", 39), fob=VALUE)
    yield "AZ12--value-content-without-need", goods(origin_criterion=criterion("CTH", 45))
    yield "AZ13--fob-not-asked-for", goods(fob=VALUE)
    yield (
        "AZ19--share-too-large",
        {
            **goods(origin_criterion=criterion("CTH"), de_minimis_share=Decimal("10.5")),
            **ticked(de_minimis=True),
        },
    )
    yield "AZ23--no-weight", goods(gross_weight=None)


def declared(**changes: Any) -> dict[str, Any]:
    """A declaration whose only line has a change."""
    return {"items": (b.declared_item(**changes),)}


def declarations() -> Iterator[Change]:
    """What can be wrong with an export declaration."""
    yield "ND01--no-number", {"number": None}
    yield "ND01--no-goods", {"items": (), "package_count": None}
    yield "ND02--accepted-in-the-future", {"accepted_on": date(2999, 3, 1), "departure_date": None}
    yield "ND03--to-australia", {"import_country": "AU", "port_of_discharge": None}
    yield (
        "ND04--line-twice",
        {
            "items": (b.declared_item(1), b.declared_item(1)),
            "package_count": 800,
            "gross_weight": b.kilograms(20400),
        },
    )
    yield "ND05--dotted-code", declared(hs_code="0402.21")
    yield "ND06--no-quantity", declared(quantity=None)
    yield "ND07--no-origin", declared(origin_country=None)
    yield "ND08--not-described", declared(description=None)
    yield "ND09--cites-a-draft", declared(certificates=(m.CitedDocument(type="999", reference="GCN-17"),))
    yield "ND10--lighter-than-its-goods", {"gross_weight": b.kilograms(9999)}
    yield "ND11--packages-do-not-add-up", {"package_count": 399}
    yield "ND12--another-currency", declared(value=replace(VALUE, currency="NZD"))
    yield "ND13--left-before-acceptance", {"departure_date": date(2025, 2, 28)}
    yield "ND14--discharged-elsewhere", {"port_of_discharge": "SGSIN"}


CHANGES: tuple[tuple[str, Callable[..., m.Value], Iterator[Change]], ...] = (
    ("phytosanitary-certificate", b.phytosanitary, phytosanitary()),
    ("re-export-certificate", b.re_export, re_export()),
    ("phytosanitary-certificate", b.replacement, replacement()),
    ("veterinary-certificate", b.veterinary, veterinary()),
    ("sps-acknowledgement", b.outcome, outcomes()),
    ("certificate-aanz", b.aanz, aanz()),
    ("export-declaration", b.declaration, declarations()),
)


def written() -> Iterator[tuple[str, bytes]]:
    """Faults that the model cannot hold, written into the XML."""
    text = build(b.phytosanitary(), "new-zealand/phytosanitary-certificate", indent=True).decode()
    issued = "<udt:DateTimeString>2025-03-01T02:30:00Z</udt:DateTimeString>"
    empty = text.replace(issued, "<udt:DateTimeString/>", 1)
    yield "SP02--no-date-of-issue", empty.encode()
    local = text.replace("2025-03-01T02:30:00Z", "2025-03-01T15:30:00", 1)
    yield "SP05--without-a-time-zone", local.encode()
    answer = build(b.outcome(), "new-zealand/sps-acknowledgement", indent=True).decode()
    yield "SA06--date-in-words", answer.replace("2025-03-03T02:00:00Z", "3 March 2025").encode()
    yield "XSD-ORDER--signatory-before-notes", signatory_first(text).encode()
    yield "XSD-MISSING--no-examination", cut(text, "ram:ExaminationSPSEvent").encode()
    yield "XSD-VALUE--mode-in-words", text.replace("<ram:ModeCode>1<", "<ram:ModeCode>sea<").encode()
    yield "KIND-UNKNOWN--certificate-of-origin", text.replace(">851<", ">861<").encode()


def section(text: str, name: str) -> str:
    """An element with its indentation."""
    end = f"</{name}>\n"
    start = text.rindex("\n", 0, text.index(f"<{name}>")) + 1
    return text[start : text.index(end) + len(end)]


def cut(text: str, name: str) -> str:
    """The text without an element."""
    return text.replace(section(text, name), "", 1)


def signatory_first(text: str) -> str:
    """The commonest fault of real ePhytos: an element in the wrong place."""
    moved = section(text, "ram:SignatorySPSAuthentication")
    note = section(text, "ram:IncludedSPSNote")
    return text.replace(moved, "", 1).replace(note, moved + note, 1)


def tracked() -> Iterator[tuple[str, m.TrackedEnvelope]]:
    """Broken answers of the hub."""
    good = tracked_envelope(stream(2025, "invalid hub"), 7, m.TrackingState.FAILED_DELIVERY)
    yield "HB01--no-state", replace(good, tracking=None)
    yield "HB02--failed-without-a-word", replace(good, error=None)
    yield "HB03--no-number", replace(good, delivery_number=None)


def samples() -> dict[str, bytes]:
    """File name to bytes, all of them."""
    made = {
        f"{name}.xml": build(valid(**change), f"new-zealand/{kind}", indent=True)
        for kind, valid, changes in CHANGES
        for name, change in changes
    }
    hub = {f"{name}.xml": build(told, "new-zealand/envelope-header", indent=True) for name, told in tracked()}
    return made | hub | {f"{name}.xml": data for name, data in written()}


SAMPLES = samples()

"""SPS certificates in the profile of ePhyto: phytosanitary, for re-export, sanitary, veterinary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec.structs import replace

from asw_exchange.corridors.new_zealand.sps_layouts import PHYTOSANITARY, RE_EXPORT
from asw_exchange.model import (
    Characteristic,
    Classification,
    Clause,
    Container,
    Movement,
    Note,
    Quantity,
    QuarantineCertificate,
    QuarantineItem,
    ReferencedDocument,
    Signatory,
    SpsAddress,
    SpsCountry,
    SpsPackages,
    SpsParty,
    SpsPlace,
    Treatment,
)
from asw_exchange.model.quarantine import Seal, ShippingMarks
from asw_exchange.testdata.firms import Firm
from asw_exchange.testdata.new_zealand_goods import (
    ANIMALS,
    AUTHORITIES,
    NAMES,
    OFFICERS,
    PLANTS,
    PORTS,
    STATEMENTS,
    TRADERS,
    TREATMENTS,
    VESSELS,
    Good,
    goods_of,
)
from asw_exchange.testdata.seeds import pick

ISSUED_AT = datetime(2025, 3, 1, 2, 30, tzinfo=UTC)

_SERIES = {"851": "PH", "657": "RX", "852": "SA", "853": "VE"}
_GRAM = Decimal("0.001")
_DRAFT, _ISSUED = "47", "70"


def number_of(type_code: str, state: str, year: int, number: int) -> str:
    """Return the number of a certificate (modelled: the pattern of neither state is public)."""
    if state == "NZ":
        return f"NZL{year}/{_SERIES[type_code]}/{number:06}"
    return f"VN-{_SERIES[type_code]}-{year % 100:02}-{number:06}"


def sps_certificate(
    chance: Random,
    number: int,
    type_code: str,
    *,
    exporter: str | None = None,
    issued_at: datetime = ISSUED_AT,
    items: int | None = None,
    status: str | None = None,
) -> QuarantineCertificate:
    """Make a valid certificate of this type (UNTDID 1001), the ``number``-th of its issuer.

    What is not given is chosen: the exporting state, the number of lines (1 to 8), and the status (issued;
    one in twelve is a draft).
    """
    exporter = exporter or pick(chance, ("NZ", "VN"))
    importer = "VN" if exporter == "NZ" else "NZ"
    if type_code == RE_EXPORT:
        return _re_export(chance, number, exporter, issued_at, items, status)
    goods = goods_of(exporter, type_code)
    count = items or chance.randrange(1, 9)
    lines = tuple(_line(chance, each, pick(chance, goods), issued_at) for each in range(1, count + 1))
    return _certificate(
        chance,
        number_of(type_code, exporter, issued_at.year, number),
        status or (_DRAFT if chance.randrange(12) == 0 else _ISSUED),
        exporter,
        importer,
        issued_at,
        lines,
        signatory=_signatory(chance, exporter, type_code, issued_at),
    )


def _certificate(
    chance: Random,
    number: str,
    status: str,
    exporter: str,
    importer: str,
    issued_at: datetime,
    lines: tuple[QuarantineItem, ...],
    *,
    signatory: Signatory,
) -> QuarantineCertificate:
    mode = "4" if chance.randrange(6) == 0 else "1"
    loading, discharge = (
        pick(chance, [port for port in PORTS[state] if mode in port.modes]) for state in (exporter, importer)
    )
    container = _container(chance) if mode == "1" else None
    return QuarantineCertificate(
        number=number,
        status_code=status,
        issued_at=issued_at,
        issuer=SpsParty(name=signatory.authority),
        notes=_document_notes(chance, issued_at),
        signatory=signatory,
        consignor=_party(pick(chance, TRADERS[exporter])),
        consignee=_party(pick(chance, TRADERS[importer]), local=chance.randrange(3) == 0),
        export_country=_country(exporter),
        port_of_loading=SpsPlace(code=loading.code, name=loading.name),
        import_country=_country(importer),
        transit_countries=(SpsCountry(code="SG", name="Singapore"),) if chance.randrange(5) == 0 else (),
        port_of_discharge=SpsPlace(code=discharge.code, name=discharge.name),
        movements=(_movement(chance, mode),),
        containers=(container,) if container else (),
        items=lines,
    )


def _country(code: str) -> SpsCountry:
    return SpsCountry(code=code, name=NAMES[code])


def _party(firm: Firm, *, local: bool = False) -> SpsParty:
    address = SpsAddress(postcode=firm.postcode, line_one=firm.lines[0], city=firm.city, country=firm.country)
    return SpsParty(
        identifier=firm.identifier, name=(local and firm.local_name) or firm.name, address=address
    )


def _movement(chance: Random, mode: str) -> Movement:
    if mode == "4":
        return Movement(id=f"XN{chance.randrange(100, 999)}", mode=mode, means="Air freight")
    return Movement(id=f"{chance.randrange(100, 999)}N", mode=mode, means=pick(chance, VESSELS))


def _container(chance: Random) -> Container:
    seal = Seal(id=f"SL{chance.randrange(10**6):06}")
    return Container(id=f"XNZU{chance.randrange(10**7):07}", seals=(seal,))


def _document_notes(chance: Random, issued_at: datetime) -> tuple[Note, ...]:
    inspected_on = (issued_at - timedelta(days=chance.randrange(0, 4))).date().isoformat()
    notes = (
        Note(subject="ADEDL", contents=("Free from soil, live insects and other quarantine pests.",)),
        Note(subject="ADIPEDL", contents=(f"IP-{chance.randrange(10**6):06}",)),
        Note(subject="ADDIEDL", contents=(inspected_on,)),
        Note(subject="DMCL", contents=(f"LOT {chance.randrange(1, 900):03}",)),
    )
    return tuple(note for note in notes if chance.randrange(2))


def _signatory(chance: Random, state: str, type_code: str, issued_at: datetime) -> Signatory:
    goods = PLANTS if type_code in (PHYTOSANITARY, RE_EXPORT) else ANIMALS
    authority, code, place = AUTHORITIES[state, goods]
    clause = Clause(id="1", text=STATEMENTS[type_code]) if type_code in STATEMENTS else Clause()
    return Signatory(
        signed_at=issued_at,
        place=SpsPlace(code=code, name=place),
        authority=authority,
        officer=pick(chance, OFFICERS[state]),
        clauses=(clause,),
    )


def _line(chance: Random, number: int, good: Good, issued_at: datetime) -> QuarantineItem:
    count = chance.randrange(10, 400)
    quantity = Decimal(count * good.per_package)
    bulk = good.package == "VR"
    words = f"{quantity} {good.unit} in bulk, without packages"
    by_volume = good.unit == "MTQ"
    net = quantity if good.unit == "KGM" else (quantity * good.weight * Decimal("0.97")).quantize(_GRAM)
    marks = ShippingMarks(marking=f"{good.exporter}-{chance.randrange(1000, 9999)}")
    return QuarantineItem(
        number=number,
        description=good.description,
        common_name=good.description.partition(",")[0],
        scientific_name=good.scientific_name,
        batches=(f"B{issued_at:%y%m}-{chance.randrange(1, 999):03}",),
        intended_use="Planting" if good.form == "seed" and good.exporter == "NZ" else "Consumption",
        net_weight=Quantity(value=net, unit="KGM"),
        gross_weight=Quantity(value=(quantity * good.weight).quantize(_GRAM), unit="KGM"),
        net_volume=Quantity(value=quantity, unit="MTQ") if by_volume else None,
        notes=(Note(subject="OPTND", contents=(words,)),) if bulk else (),
        classifications=(
            Classification(system="HS", code=good.hs6),
            Classification(system="IPPCPCVP", name=good.form),
            Classification(system="IPPCPCC", name=good.condition),
        ),
        packages=()
        if bulk
        else (SpsPackages(level="4", type=good.package, count=Decimal(count), marks=(marks,)),),
        origins=(_country(good.exporter),),
        treatments=(_treatment(good, issued_at.date()),) if good.treatment else (),
    )


def _treatment(good: Good, before: date) -> Treatment:
    first, second, code, degrees, hours, more = TREATMENTS[good.treatment]
    ended_at = datetime(before.year, before.month, before.day, tzinfo=UTC) - timedelta(days=2)
    temperature = Quantity(value=Decimal(degrees), unit="CEL")
    if good.type_code != PHYTOSANITARY:
        return Treatment(type_code=code, ended_at=ended_at)
    words = f"{second} at {degrees} degrees Celsius during {hours} h; {more}"
    chemical = (Characteristic(descriptions=("TTCH", "Methyl bromide")),) if code == "16" else ()
    return Treatment(
        type_code="ZZZ",
        started_at=ended_at - timedelta(hours=int(hours)),
        ended_at=ended_at,
        duration=Quantity(value=Decimal(hours), unit="HUR"),
        characteristics=(
            Characteristic(descriptions=("TTL1", first)),
            Characteristic(descriptions=("TTL2", second)),
            *chemical,
            Characteristic(descriptions=("TTTM",), measure=temperature),
            Characteristic(descriptions=("TTFT", words)),
        ),
    )


def _re_export(
    chance: Random, number: int, exporter: str, issued_at: datetime, items: int | None, status: str | None
) -> QuarantineCertificate:
    """Make a certificate for goods of a third state that pass through ``exporter``."""
    importer = "VN" if exporter == "NZ" else "NZ"
    origin = pick(chance, ("AU", "CL"))
    original = ReferencedDocument(
        issued_on=(issued_at - timedelta(days=chance.randrange(20, 90))).date(),
        type_code=PHYTOSANITARY,
        relationship="AWR",
        id=f"{origin}-{chance.randrange(10**6):06}",
    )
    goods = goods_of("NZ", PHYTOSANITARY)
    count = items or chance.randrange(1, 5)
    lines = (_line(chance, each, pick(chance, goods), issued_at) for each in range(1, count + 1))
    plain = _certificate(
        chance,
        number_of(RE_EXPORT, exporter, issued_at.year, number),
        status or _ISSUED,
        exporter,
        importer,
        issued_at,
        tuple(_re_exported(line, origin, original.id or "") for line in lines),
        signatory=_signatory(chance, exporter, RE_EXPORT, issued_at),
    )
    return replace(plain, references=(original,), re_export_countries=(_country(exporter),))


def _re_exported(line: QuarantineItem, origin: str, original: str) -> QuarantineItem:
    told = (
        ("RPCST", "1"),
        ("RPCCO", NAMES[origin]),
        ("RPCRF", original),
        ("RPCOR", "True"),
        ("RPCTC", "False"),
        ("RPCPK", "True"),
        ("RPCRP", "False"),
        ("RPCOC", "True"),
        ("RPCNC", "False"),
        ("RPCPC", "True"),
        ("RPCAI", "False"),
    )
    notes = tuple(Note(subject=subject, contents=(content,)) for subject, content in told)
    return replace(line, notes=(*line.notes, *notes), origins=(_country(origin),), treatments=())


def replacement(
    replaced: QuarantineCertificate, type_code: str, number: str, issued_at: datetime, reason: str
) -> QuarantineCertificate:
    """Issue a certificate anew under another number, as one that replaces the first (status 44)."""
    day = replaced.issued_at.date() if replaced.issued_at else None
    told = (
        ("ADRP", "1"),
        ("ADRPN", replaced.number or ""),
        ("ADRPR", reason),
        ("ADRD", day.isoformat() if day else ""),
    )
    notes = tuple(Note(subject=subject, contents=(content,)) for subject, content in told)
    first = ReferencedDocument(issued_on=day, type_code=type_code, relationship="AWR", id=replaced.number)
    signatory = replace(replaced.signatory or Signatory(), signed_at=issued_at)
    return replace(
        replaced,
        number=number,
        status_code="44",
        issued_at=issued_at,
        notes=(*replaced.notes, *notes),
        references=(*replaced.references, first),
        signatory=signatory,
    )

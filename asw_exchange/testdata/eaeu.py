"""Test documents of the EAEU corridor, one generator for each kind. Reference numbers are *modelled*."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from msgspec.structs import replace

from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.answers import fault, processing_result, verification_reply
from asw_exchange.model import (
    Certificate,
    CertificateReference,
    ElectronicDocument,
    ExportDeclaration,
    Fault,
    Finding,
    Item,
    OriginCriterion,
    ProcessingResult,
    Reason,
    RefusedItem,
    Severity,
    Signal,
    SignalError,
    TickBoxes,
    Transport,
    Value,
    VerificationReply,
    VerificationRequest,
    VerificationResult,
)
from asw_exchange.testdata.certificates import DEFAULT_DATE
from asw_exchange.testdata.firms import AUTHORITIES
from asw_exchange.testdata.goods import Good
from asw_exchange.testdata.routes import ANY, Route
from asw_exchange.testdata.seeds import pick
from asw_exchange.testdata.trade import consignment, declaration

DEFAULT_MOMENT = datetime.combine(DEFAULT_DATE, time(3), UTC)
BODIES = {
    "AM": ("Authorised body of Armenia", "Yerevan"),
    "BY": ("Authorised body of Belarus", "Minsk"),
    "KG": ("Authorised body of Kyrgyzstan", "Bishkek"),
    "KZ": ("Authorised body of Kazakhstan", "Astana"),
    "RU": ("Chamber of Commerce and Industry of the Russian Federation", "Moscow"),
    "VN": AUTHORITIES["VN"],
}
"""Authorised body and place; only Russia's and Viet Nam's are public."""
SHAPES = ("plain",) * 7 + ("retroactive", "duplicate", "substitution")
_PILOT = {
    "VN": ("090240", "210390", "620342"),
    "RU": ("030363", "220860", "270111", "720720", "870422"),
}
"""Agreed HS groups of the pilot that our catalogue has goods for."""
_DOUBTS = (
    Reason(code="random-check", text="выборочная проверка"),
    Reason(code="authenticity-doubt", text="оттиск печати отличается от образца"),
    Reason(code="accuracy-doubt", text="số lượng không khớp với hóa đơn"),
    Reason(code="origin-doubt", text="происхождение товара вызывает сомнение"),
)


def number_of(issuer: str, serial: int, year: int = DEFAULT_DATE.year) -> str:
    """Return the number of a certificate: state, year, serial (modelled)."""
    return f"EAV-{issuer}-{year % 100:02}-{serial:07}"


def electronic(name: str, moment: datetime = DEFAULT_MOMENT) -> ElectronicDocument:
    """Return the identity of a document; the id follows from ``name``."""
    return ElectronicDocument(id=codes.message_id(name), created_at=moment)


def certificate(
    chance: Random,
    number: int,
    *,
    issuer: str | None = None,
    importer: str | None = None,
    issued_on: date = DEFAULT_DATE,
    shape: str | None = None,
    items: int | None = None,
    moment: datetime = DEFAULT_MOMENT,
) -> Certificate:
    """Make a valid Form EAV of Viet Nam or of a member state; ``shape`` is a name of SHAPES."""
    state = pick(chance, tuple(codes.STATES))
    issuer = issuer or pick(chance, ("VN", "VN", state))
    importer = importer or ("VN" if issuer != "VN" else state)
    full = consignment(
        chance,
        issuer=issuer,
        importer=importer,
        reference=number_of(issuer, number, issued_on.year),
        authority=BODIES[issuer],
        criterion=_criterion,
        issued_on=issued_on,
        items=items,
    )
    plain = replace(
        full,
        items=tuple(_without(item) for item in full.items),
        electronic_document=electronic(f"{full.reference} {issued_on}", moment),
    )
    return _shaped(chance, plain, issued_on, shape or pick(chance, SHAPES))


def _criterion(chance: Random, good: Good) -> OriginCriterion:
    if "WO" in good.criteria:
        return OriginCriterion(rule="WO")
    return OriginCriterion(rule=pick(chance, ("PSR", "PSR", "PE")))


def _without(item: Item) -> Item:
    """Leave out what Form EAV has no box for; the HS code goes into the description, as on paper."""
    return replace(
        item,
        description=f"{item.description}; HS {item.hs_code}",
        hs_code=None,
        manufacturer=None,
        trademark=None,
        fob=None,
    )


def _shaped(chance: Random, plain: Certificate, issued_on: date, shape: str) -> Certificate:
    if shape == "retroactive":
        departure = issued_on - timedelta(days=chance.randrange(2, 60))
        route = replace(plain.transport or Transport(), departure_date=departure)
        return replace(plain, transport=route, tick_boxes=TickBoxes(issued_retroactively=True))
    if shape in ("duplicate", "substitution"):
        day = issued_on - timedelta(days=chance.randrange(5, 200))
        serial = chance.randrange(1, 90_000)
        original = CertificateReference(
            reference=number_of(plain.issuing_country or "", serial, day.year), issued_on=day
        )
        if shape == "duplicate":
            return replace(plain, duplicate_of=original)
        return replace(plain, replaces=original)
    return plain


def export_declaration(
    chance: Random,
    number: int,
    *,
    issuer: str | None = None,
    importer: str | None = None,
    departure: date = DEFAULT_DATE,
    moment: datetime = DEFAULT_MOMENT,
) -> ExportDeclaration:
    """Make the data of a declaration in the agreed HS groups; Viet Nam's numbers begin with 30 (VNACCS)."""
    issuer = issuer or pick(chance, tuple(_PILOT))
    importer = importer or ("VN" if issuer != "VN" else pick(chance, ("RU", "BY", "KZ")))
    vietnamese = issuer == "VN"
    full = declaration(
        chance,
        number=f"30{departure.year % 10}{number:09}"
        if vietnamese
        else f"10216120/{departure:%d%m%y}/{number:07}",
        issuer=issuer,
        importer=importer,
        departure=departure,
        subheadings=_PILOT[issuer],
    )
    return replace(
        full,
        office="02CI" if vietnamese else "10216120",
        port_of_loading=None,
        trade_terms=None,
        package_count=None,
        electronic_document=electronic(f"declaration {full.number}", moment),
    )


def verification_request(
    chance: Random, about: Certificate, moment: datetime = DEFAULT_MOMENT
) -> VerificationRequest:
    """Ask about a certificate, or about one item of it."""
    issued_on = about.certification.signed_on if about.certification else None
    numbers = [item.number for item in about.items if item.number]
    return VerificationRequest(
        certificate=CertificateReference(
            reference=about.reference or "", issued_on=issued_on or DEFAULT_DATE
        ),
        issuing_country=about.issuing_country,
        requesting_country=about.importing_country,
        requested_on=moment.date(),
        reasons=(pick(chance, _DOUBTS),),
        items=(pick(chance, numbers),) if chance.randrange(3) == 0 else (),
        electronic_document=electronic(f"verification of {about.reference} at {moment}", moment),
    )


def _issued(chance: Random, number: int, issuer: str | None) -> Certificate:
    """Make a certificate that a gateway sends: Viet Nam, or the one of the member states."""
    if issuer is None:
        return certificate(chance, number)
    state = pick(chance, tuple(codes.STATES))
    issuer, importer = ("VN", state) if issuer == "VN" else (state, "VN")
    return certificate(chance, number, issuer=issuer, importer=importer)


def _declared(chance: Random, number: int, route: Route = ANY) -> ExportDeclaration:
    issuer = "RU" if route.sender == "EAEU" else route.sender
    return export_declaration(chance, number, issuer=issuer)


def _requested(chance: Random, number: int, route: Route = ANY) -> VerificationRequest:
    about = _issued(chance, number, route.receiver)
    return verification_request(chance, about, DEFAULT_MOMENT + timedelta(days=9))


def _replied(chance: Random, number: int, route: Route = ANY) -> VerificationReply:
    request = _requested(chance, number, Route(route.receiver, route.sender))
    result = pick(chance, tuple(VerificationResult))
    plain = verification_reply(request, DEFAULT_MOMENT + timedelta(days=30), result)
    doubt = Reason(code="not-originating", text="правило происхождения не выполнено")
    if result is VerificationResult.PARTLY_CONFIRMED:
        return replace(plain, refused_items=(RefusedItem(number=1, reasons=(doubt,)),))
    return replace(plain, reasons=(doubt,)) if result is VerificationResult.NOT_ORIGINATING else plain


def _processed(chance: Random, number: int, route: Route = ANY) -> ProcessingResult:
    return processing_result(
        _issued(chance, number, route.receiver), DEFAULT_MOMENT + timedelta(seconds=number)
    )


def _signal(kind: str, *, errors: bool = False) -> Callable[..., Signal]:
    def make(chance: Random, number: int, route: Route = ANY) -> Signal:
        error = SignalError(
            code=pick(chance, ("Common:DataError", "Common:UnexpectedMessage", f"{codes.PROCESS}.RULE.001")),
            description="invoice dated after the certification",
            details="EV11: correct the date of the invoice",
            reference="/CertificateOfOrigin/Invoice/InvoiceDate",
        )
        return Signal(
            id=codes.message_id(f"{kind} {number} {chance.random()}"),
            occurred_at=DEFAULT_MOMENT + timedelta(seconds=number),
            errors=(error,) * chance.randrange(1, 3) if errors else (),
        )

    return make


def _fault(chance: Random, number: int, route: Route = ANY) -> Fault:
    finding = Finding(rule_id="ENVELOPE-HEADER-MISSING", severity=Severity.ERROR, message="wsa:To is missing")
    problem = f"<soap:Envelope><!-- {number} --></soap:Envelope>".encode()
    return fault(
        pick(chance, ("wsa:MessageAddressingHeaderRequired", "int:InternalError")), (finding,), problem
    )


GENERATORS: dict[str, Callable[..., Value]] = {
    codes.CERTIFICATE: lambda chance, number, route=ANY: _issued(chance, number, route.sender),
    codes.REQUEST: _requested,
    codes.REPLY: _replied,
    codes.DECLARATION: _declared,
    codes.RESULT: _processed,
    codes.RECEIVED: _signal(codes.RECEIVED),
    codes.ACCEPTED: _signal(codes.ACCEPTED),
    codes.REFUSED: _signal(codes.REFUSED, errors=True),
    codes.FAULT: _fault,
}
"""Kind to the function that makes the ``number``-th document."""

__all__ = ["DEFAULT_DATE", "DEFAULT_MOMENT", "GENERATORS", "certificate", "export_declaration", "number_of"]

"""What a programmer would write by hand with the standard library, for one form: e-Form D.

Same input, same output as ours; no checks of characters, fields or structure.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date
from decimal import Decimal

from asw_exchange import model as m

NAMESPACE = "urn:asw-exchange:asean:eform-d:1"
_N = f"{{{NAMESPACE}}}"
ElementTree.register_namespace("", NAMESPACE)
_TICKS = (
    ("ThirdCountryInvoicingIndicator", "third_country_invoicing"),
    ("ExhibitionIndicator", "exhibition"),
    ("AccumulationIndicator", "accumulation"),
    ("DeMinimisIndicator", "de_minimis"),
    ("BackToBackIndicator", "back_to_back"),
    ("IssuedRetroactivelyIndicator", "issued_retroactively"),
    ("PartialCumulationIndicator", "partial_cumulation"),
)


def _add(
    parent: ElementTree.Element, name: str, text: object = None, **attributes: str
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, _N + name, attributes)
    if text is not None:
        element.text = str(text)
    return element


def _add_if(parent: ElementTree.Element, name: str, text: object) -> None:
    if text is not None:
        _add(parent, name, text)


def _add_party(parent: ElementTree.Element, name: str, party: m.Party | None) -> None:
    if party is None:
        return
    element = _add(parent, name)
    _add_if(element, "Name", party.name)
    _add_if(element, "ID", party.identifier)
    if party.address:
        address = _add(element, "Address")
        for line in party.address.lines:
            _add(address, "Line", line)
        _add_if(address, "CityName", party.address.city)
        _add_if(address, "CountrySubDivisionName", party.address.subdivision)
        _add_if(address, "PostcodeID", party.address.postcode)
        _add_if(address, "CountryCode", party.address.country)


def _add_item(root: ElementTree.Element, item: m.Item) -> None:
    element = _add(root, "GovernmentAgencyGoodsItem")
    _add_if(element, "SequenceNumeric", item.number)
    _add_if(element, "MarksNumbersID", item.marks)
    for packages in item.packages:
        packaging = _add(element, "Packaging")
        _add(packaging, "QuantityQuantity", packages.count)
        _add(packaging, "TypeCode", packages.type)
    commodity = _add(element, "Commodity")
    _add_if(commodity, "Description", item.description)
    if item.hs_code:
        _add(_add(commodity, "Classification"), "ID", item.hs_code)
    if item.quantity:
        _add(commodity, "CountQuantity", item.quantity.value, unitCode=item.quantity.unit)
    _add_if(commodity, "TrademarkName", item.trademark)
    if item.manufacturer:
        _add(_add(element, "Manufacturer"), "Name", item.manufacturer)
    if item.origin_criterion:
        criterion = item.origin_criterion
        text = criterion.rule if criterion.percentage is None else f"{criterion.percentage}%"
        _add(_add(element, "Origin"), "CriterionText", text)
    if item.gross_weight:
        measure = _add(element, "GoodsMeasure")
        _add(measure, "GrossMassMeasure", item.gross_weight.value, unitCode=item.gross_weight.unit)
    if item.fob:
        line = _add(element, "InvoiceLine")
        _add(line, "ItemChargeAmount", item.fob.value, currencyID=item.fob.currency)


def build_with_elementtree(certificate: m.Certificate) -> bytes:
    """Write a certificate with xml.etree."""
    root = ElementTree.Element(f"{_N}CertificateOfOrigin")
    _add(root, "TypeCode", "861")
    _add_if(root, "ID", certificate.reference)
    _add(_add(root, "ExportCountry"), "ID", certificate.issuing_country)
    _add(_add(root, "Destination"), "CountryCode", certificate.importing_country)
    _add(_add(root, "Origin"), "CountryCode", certificate.produced_in)
    _add_party(root, "Exporter", certificate.exporter)
    _add_party(root, "Consignee", certificate.consignee)
    if certificate.transport:
        consignment = _add(root, "Consignment")
        _add_if(consignment, "ExitDateTime", certificate.transport.departure_date)
        means = _add(consignment, "BorderTransportMeans")
        _add_if(means, "Name", certificate.transport.conveyance)
        _add_if(means, "ModeCode", certificate.transport.mode)
        _add(_add(consignment, "LoadingLocation"), "ID", certificate.transport.port_of_loading)
        _add(_add(consignment, "UnloadingLocation"), "ID", certificate.transport.port_of_discharge)
    for item in certificate.items:
        _add_item(root, item)
    for invoice in certificate.invoices:
        element = _add(root, "Invoice")
        _add_if(element, "ID", invoice.number)
        _add_if(element, "IssueDateTime", invoice.issued_on)
    ticks = _add(root, "TickBoxes")
    for name, field in _TICKS:
        _add(ticks, name, "true" if getattr(certificate.tick_boxes, field) else "false")
    _add_statements(root, certificate)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_statements(root: ElementTree.Element, certificate: m.Certificate) -> None:
    if certificate.declaration:
        declaration = _add(root, "ExporterDeclaration")
        _add_if(declaration, "IssueLocationName", certificate.declaration.place)
        _add_if(declaration, "IssueDateTime", certificate.declaration.signed_on)
        _add_if(declaration, "AuthenticatorName", certificate.declaration.signatory)
    if certificate.certification:
        certification = _add(root, "Certification")
        _add_if(certification, "IssueLocationName", certificate.certification.place)
        _add_if(certification, "IssueDateTime", certificate.certification.signed_on)
        _add_if(certification, "AuthenticatorName", certificate.certification.officer)
        _add_if(certification, "AuthorityName", certificate.certification.authority)
        _add_if(certification, "CountryCode", certificate.certification.country)


def _text(parent: ElementTree.Element | None, path: str) -> str | None:
    return None if parent is None else parent.findtext("/".join(_N + step for step in path.split("/")))


def _date(parent: ElementTree.Element | None, path: str) -> date | None:
    text = _text(parent, path)
    return date.fromisoformat(text) if text else None


def _quantity(parent: ElementTree.Element, path: str) -> m.Quantity | None:
    element = parent.find("/".join(_N + step for step in path.split("/")))
    if element is None:
        return None
    return m.Quantity(value=Decimal(element.text or ""), unit=element.get("unitCode", ""))


def _party(element: ElementTree.Element | None) -> m.Party | None:
    if element is None:
        return None
    found = element.find(f"{_N}Address")
    address = None
    if found is not None:
        address = m.Address(
            lines=tuple(line.text or "" for line in found.findall(f"{_N}Line")),
            city=_text(found, "CityName"),
            subdivision=_text(found, "CountrySubDivisionName"),
            postcode=_text(found, "PostcodeID"),
            country=_text(found, "CountryCode"),
        )
    return m.Party(name=_text(element, "Name"), identifier=_text(element, "ID"), address=address)


def _item(element: ElementTree.Element) -> m.Item:
    criterion = _text(element, "Origin/CriterionText")
    fob = element.find(f"{_N}InvoiceLine/{_N}ItemChargeAmount")
    return m.Item(
        number=int(_text(element, "SequenceNumeric") or 0),
        marks=_text(element, "MarksNumbersID"),
        packages=tuple(
            m.Packages(
                count=int(_text(packaging, "QuantityQuantity") or 0), type=_text(packaging, "TypeCode") or ""
            )
            for packaging in element.findall(f"{_N}Packaging")
        ),
        description=_text(element, "Commodity/Description"),
        quantity=_quantity(element, "Commodity/CountQuantity"),
        hs_code=_text(element, "Commodity/Classification/ID"),
        trademark=_text(element, "Commodity/TrademarkName"),
        manufacturer=_text(element, "Manufacturer/Name"),
        origin_criterion=m.OriginCriterion(rule=criterion) if criterion else None,
        gross_weight=_quantity(element, "GoodsMeasure/GrossMassMeasure"),
        other_quantity=_quantity(element, "GoodsMeasure/TariffQuantity"),
        fob=m.Amount(value=Decimal(fob.text or ""), currency=fob.get("currencyID", ""))
        if fob is not None
        else None,
    )


def parse_with_elementtree(data: bytes) -> m.Certificate:
    """Read a certificate with xml.etree."""
    root = ElementTree.fromstring(data)
    consignment = root.find(f"{_N}Consignment")
    declaration, certification = root.find(f"{_N}ExporterDeclaration"), root.find(f"{_N}Certification")
    return m.Certificate(
        reference=_text(root, "ID"),
        issuing_country=_text(root, "ExportCountry/ID"),
        importing_country=_text(root, "Destination/CountryCode"),
        produced_in=_text(root, "Origin/CountryCode"),
        exporter=_party(root.find(f"{_N}Exporter")),
        consignee=_party(root.find(f"{_N}Consignee")),
        transport=m.Transport(
            departure_date=_date(consignment, "ExitDateTime"),
            conveyance=_text(consignment, "BorderTransportMeans/Name"),
            mode=_text(consignment, "BorderTransportMeans/ModeCode"),
            port_of_loading=_text(consignment, "LoadingLocation/ID"),
            port_of_discharge=_text(consignment, "UnloadingLocation/ID"),
        ),
        items=tuple(_item(element) for element in root.findall(f"{_N}GovernmentAgencyGoodsItem")),
        invoices=tuple(
            m.Invoice(number=_text(element, "ID"), issued_on=_date(element, "IssueDateTime"))
            for element in root.findall(f"{_N}Invoice")
        ),
        tick_boxes=m.TickBoxes(
            **{field: _text(root, f"TickBoxes/{name}") == "true" for name, field in _TICKS}
        ),
        declaration=m.Declaration(
            place=_text(declaration, "IssueLocationName"),
            signed_on=_date(declaration, "IssueDateTime"),
            signatory=_text(declaration, "AuthenticatorName"),
        ),
        certification=m.Certification(
            place=_text(certification, "IssueLocationName"),
            signed_on=_date(certification, "IssueDateTime"),
            officer=_text(certification, "AuthenticatorName"),
            authority=_text(certification, "AuthorityName"),
            country=_text(certification, "CountryCode"),
        ),
    )

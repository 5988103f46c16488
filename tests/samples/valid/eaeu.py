"""EAEU: realistic documents of every kind; in Vietnamese, Russian, Armenian, Kazakh and Kyrgyz too."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.answers import FAULTS, fault, processing_result, verification_reply
from asw_exchange.testdata import eaeu, generate, stream
from asw_exchange.testdata.certificates import party
from asw_exchange.testdata.eaeu import DEFAULT_MOMENT
from asw_exchange.testdata.partner_tables import firms_of
from asw_exchange.verbs import build


def made(name: str, number: int, **options: object) -> m.Certificate:
    """A certificate of its own stream."""
    return eaeu.certificate(stream(2025, "sample eaeu", name), number, **options)  # type: ignore[arg-type]


def in_script(state: str, number: int) -> m.Certificate:
    """A certificate to a state whose firms are named in their own script."""
    issuer = "VN" if state != "VN" else "RU"
    plain = made(f"script {state}", number, issuer=issuer, importer=state, shape="plain", items=2)
    firm = next(firm for firm in firms_of(state) if firm.local_name)
    return replace(plain, consignee=party(firm, local=True))


def documents() -> Iterator[tuple[str, str, m.Value]]:
    """(kind, slug, document)."""
    for number, shape in enumerate(("plain", "retroactive", "duplicate", "substitution"), 1):
        yield codes.CERTIFICATE, shape, made(shape, number, issuer="VN", importer="RU", shape=shape, items=3)
    scripts = (
        ("RU", "russian"),
        ("AM", "armenian"),
        ("KG", "kyrgyz"),
        ("KZ", "kazakh"),
        ("VN", "vietnamese"),
    )
    for number, (state, script) in enumerate(scripts, 20):
        yield codes.CERTIFICATE, f"script-{script}", in_script(state, number)
    yield codes.CERTIFICATE, "from-belarus", made("belarus", 30, issuer="BY", importer="VN", shape="plain")
    yield (
        codes.CERTIFICATE,
        "fifty-items",
        made("many", 31, issuer="VN", importer="RU", shape="plain", items=50),
    )
    about = made("verified", 40, issuer="VN", importer="RU", shape="plain", items=3)
    request = eaeu.verification_request(stream(2025, "sample request"), about, DEFAULT_MOMENT)
    yield codes.REQUEST, "in-doubt", request
    for result in (m.VerificationResult.CONFIRMED, m.VerificationResult.NOT_ISSUED):
        yield codes.REPLY, str(result), verification_reply(request, DEFAULT_MOMENT, result)
    partly = next(
        each for each in generate(codes.REPLY, seed=5, count=60) if each.result == "partly-confirmed"
    )
    yield codes.REPLY, "partly-confirmed", partly
    for issuer, importer in (("VN", "RU"), ("RU", "VN")):
        declared = eaeu.export_declaration(
            stream(2025, "sample", issuer), 1, issuer=issuer, importer=importer
        )
        yield codes.DECLARATION, f"from-{issuer.lower()}", declared
    yield codes.RESULT, "added", processing_result(about, DEFAULT_MOMENT)
    changed = made("changed", 41, issuer="VN", importer="RU", shape="substitution")
    yield codes.RESULT, "changed", processing_result(changed, DEFAULT_MOMENT)
    for kind, slug in ((codes.RECEIVED, "rcv"), (codes.ACCEPTED, "prs"), (codes.REFUSED, "err")):
        yield kind, slug, next(generate(kind, seed=6))
    for subcode in sorted(set(FAULTS.values()) | {"wsa:EndpointUnavailable", "int:InternalError"}):
        slug = subcode.partition(":")[2].lower()
        yield codes.FAULT, slug, fault(subcode, (), b"<soap:Envelope/>")


SAMPLES = {
    f"{kind.split('/')[1]}--{slug}.xml": build(document, kind, indent=True)
    for kind, slug, document in documents()
}

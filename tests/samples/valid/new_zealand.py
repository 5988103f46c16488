"""New Zealand: a realistic message for every kind, status, criterion, tick box and language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from asw_exchange import model as m
from asw_exchange.corridors.new_zealand.answers import border_outcome
from asw_exchange.testdata import new_zealand as made_up
from asw_exchange.testdata import stream
from asw_exchange.testdata.new_zealand_hub import tracked_envelope
from asw_exchange.testdata.new_zealand_sps import ISSUED_AT, replacement, sps_certificate
from asw_exchange.verbs import build
from tests import new_zealand_builders as builders

SPS_KINDS = {
    "851": "phytosanitary-certificate",
    "657": "re-export-certificate",
    "852": "sanitary-certificate",
    "853": "veterinary-certificate",
}
CRITERIA = {
    "wholly-obtained": m.OriginCriterion(rule="WO"),
    "originating-materials": m.OriginCriterion(rule="PE"),
    "change-of-heading": m.OriginCriterion(rule="CTH"),
    "product-specific": m.OriginCriterion(rule="PSR"),
}

Named = tuple[str, str, m.Value]


def sps_certificates() -> Iterator[Named]:
    """Every type from both sides, and the life of a certificate."""
    for type_code, kind in SPS_KINDS.items():
        for state, slug in (("NZ", "from-new-zealand"), ("VN", "from-viet-nam")):
            chance = stream(2025, "sample", kind, state)
            yield kind, slug, sps_certificate(chance, 7, type_code, exporter=state, items=3, status="70")
        chance = stream(2025, "sample", kind, "draft")
        yield kind, "draft", sps_certificate(chance, 8, type_code, exporter="NZ", items=1, status="47")
    kind = SPS_KINDS["851"]
    yield kind, "issued", builders.phytosanitary()
    yield kind, "withdrawn", builders.phytosanitary(status_code="40")
    yield kind, "replacement", builders.replacement()
    yield (
        kind,
        "treated",
        builders.phytosanitary(items=(builders.sps_item(treatments=(builders.TREATMENT,)),)),
    )
    bulk = builders.sps_item(notes=(builders.note("OPTND", "Rời, không đóng gói"),), packages=())
    yield kind, "in-bulk", builders.phytosanitary(items=(bulk,))
    many = sps_certificate(stream(2025, "sample", "many"), 9, "851", exporter="NZ", items=40, status="70")
    yield kind, "forty-lines", many
    yield SPS_KINDS["657"], "issued", builders.re_export()
    dairy = sps_certificate(stream(2025, "sample", "dairy"), 10, "853", exporter="NZ", items=2, status="70")
    later = ISSUED_AT + timedelta(days=1)
    renewed = replacement(dairy, "853", "NZL2025/VE/000011", later, "Seal of the container corrected")
    yield SPS_KINDS["853"], "replacement", renewed
    yield SPS_KINDS["853"], "milk-powder", builders.veterinary()


def answers() -> Iterator[Named]:
    """Border outcomes, with reasons in three languages."""
    kind = "sps-acknowledgement"
    yield kind, "approved", builders.outcome()
    reasons = {
        "english": "Live insects were found on arrival.",
        "maori": "I kitea he ngārara ora i te taenga mai.",
        "vietnamese": "Số niêm phong của công-ten-nơ không khớp với giấy chứng nhận.",
    }
    for language, reason in reasons.items():
        rejected = border_outcome("VN-PH-25-000017", "851", moment=builders.MOMENT, reasons=(reason,))
        yield kind, f"rejected-{language}", rejected


def certificates() -> Iterator[Named]:
    """Form AANZ by criterion and tick box."""
    kind = "certificate-aanz"
    for number, (name, criterion) in enumerate(CRITERIA.items(), 20):
        items = (builders.aanz_item(origin_criterion=criterion),)
        reference = f"AANZ-NZ-2025-{number:06}"
        yield kind, f"criterion-{name}", builders.aanz(reference=reference, items=items)
    content = m.OriginCriterion(rule="RVC", percentage=Decimal("42.5"))
    valued = builders.aanz_item(
        origin_criterion=content, fob=m.Amount(value=Decimal("34000.00"), currency="NZD")
    )
    yield kind, "criterion-value-content", builders.aanz(items=(valued,))
    apart = builders.aanz_item(origin_criterion=content)
    yield kind, "fob-declared-apart", builders.aanz(items=(apart,))
    for number, shape in enumerate(made_up.SHAPES, 100):
        chance = stream(2025, "sample", "aanz", shape)
        issuer = "NZ" if number % 2 else "VN"
        made = made_up.certificate(chance, number, issuer=issuer, items=2, shape=shape)
        yield kind, f"box-13-{shape}", made


def declarations() -> Iterator[Named]:
    """Export declarations of both sides."""
    kind = "export-declaration"
    yield kind, "milk-powder", builders.declaration()
    for state, slug in (("NZ", "from-new-zealand"), ("VN", "from-viet-nam")):
        chance = stream(2025, "sample", kind, state)
        yield kind, slug, made_up.declaration(chance, 7, issuer=state, items=4)


def tracked() -> Iterator[Named]:
    """The hub's answer in each of its six states."""
    for number, state in enumerate(m.TrackingState, 1):
        chance = stream(2025, "sample", "hub", str(state))
        yield "envelope-header", state.lower(), tracked_envelope(chance, number, state)


def samples() -> dict[str, bytes]:
    """File name to bytes."""
    named = (*sps_certificates(), *answers(), *certificates(), *declarations(), *tracked())
    return {
        f"{kind}--{slug}.xml": build(document, f"new-zealand/{kind}", indent=True)
        for kind, slug, document in named
    }


SAMPLES = samples()

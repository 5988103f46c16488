"""Two gateways on a virtual network: what is accepted, refused, taken as duplicate, and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.behaviours.faults import Lost, TamperedInTransit
from asw_exchange.clock import VirtualClock
from asw_exchange.corridor import Answer
from asw_exchange.corridors.asean.answers import customs_response
from asw_exchange.ledger import Ledger, reconcile
from asw_exchange.model import Decision, Outcome
from asw_exchange.node import Node
from asw_exchange.records import Direction, Entry
from asw_exchange.signature.pki import TestPki
from asw_exchange.simulator.network import Network
from tests.builders import MOMENT, certificate, export_declaration, issued_on, item

EFORM_D = "asean/eform-d"
NO_REPLY: Callable[..., tuple[Answer, ...]] = lambda arrival, memory: ()  # noqa: E731
NodeMaker = Callable[..., Node]


def received(ledger: Ledger, gateway: str, kind: str = EFORM_D) -> list[Entry]:
    """What a gateway took in of one kind, oldest first."""
    return list(ledger.entries(gateway=gateway, kind=kind, direction=Direction.RECEIVED))


def last(ledger: Ledger, gateway: str, kind: str = EFORM_D) -> Entry:
    """The last message of a kind that a gateway took in."""
    return received(ledger, gateway, kind)[-1]


def rules(entry: Entry) -> set[str]:
    """The ids of the rules that were broken."""
    return {finding.rule_id for finding in entry.findings if finding.severity == "error"}


def test_a_certificate_is_accepted_answered_and_counted(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """Certificate, acknowledgement, Customs Response, acknowledgement: all four arrive."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.run()
    assert last(ledger, "TH").outcome is Outcome.ACCEPTED
    assert last(ledger, "VN", "asean/acknowledgement").outcome is Outcome.ACCEPTED
    response = last(ledger, "VN", "asean/customs-response")
    assert response.outcome is Outcome.ACCEPTED
    assert response.document_as(m.CustomsResponse).decision is Decision.UTILISED
    assert last(ledger, "TH", "asean/acknowledgement").refers_to == response.message_id
    assert reconcile(ledger).reconciled


def test_the_bytes_are_kept_as_they_arrived(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """What the receiver keeps is what the sender sent."""
    viet_nam, _ = node("VN"), node("TH")
    sent = viet_nam.send(EFORM_D, certificate(), "TH")
    network.run()
    assert ledger.raw(last(ledger, "TH").digest) == ledger.raw(sent.digest)


def test_the_same_bytes_again_are_a_duplicate_with_the_same_answer(node: NodeMaker, ledger: Ledger) -> None:
    """Idempotence: same id, same bytes, the stored answer, no second effect."""
    viet_nam, thailand = node("VN"), node("TH")
    raw = ledger.raw(viet_nam.send(EFORM_D, certificate(), "TH").digest)
    first = thailand.receive(raw, corridor="asean", peer="VN")
    again = thailand.receive(raw, corridor="asean", peer="VN")
    assert first == again
    assert [entry.outcome for entry in received(ledger, "TH")] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert len(ledger.entries(gateway="TH", kind="asean/customs-response")) == 1


def test_a_retransmission_counts_on_both_sides(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """Two transmissions sent are one accepted and one duplicate."""
    viet_nam, _ = node("VN"), node("TH")
    entry = viet_nam.send(EFORM_D, certificate(), "TH")
    viet_nam.retransmit(entry)
    network.run()
    row = next(row for row in reconcile(ledger).rows if (row.gateway, row.kind) == ("VN", EFORM_D))
    assert (row.sent, row.accepted, row.duplicate, row.acknowledged) == (2, 1, 1, 1)
    assert reconcile(ledger).reconciled


def test_the_same_document_in_another_message_has_no_second_effect(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """An identical retransmission under a new message id is a duplicate, not a fault (OCP Rule 29(3))."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.run()
    assert [entry.outcome for entry in received(ledger, "TH")] == [Outcome.ACCEPTED, Outcome.DUPLICATE]


def test_other_bytes_under_the_same_id_are_refused_by_name(
    node: NodeMaker, pki: TestPki, ledger: Ledger, network: Network, clock: VirtualClock
) -> None:
    """A message id stands for one content."""
    viet_nam, thailand = node("VN"), node("TH")
    raw = ledger.raw(viet_nam.send(EFORM_D, certificate(), "TH").digest)
    thailand.receive(raw, corridor="asean", peer="VN")
    other = ledger.raw(viet_nam.send(EFORM_D, certificate(reference="VN-TH 25/02/00007"), "TH").digest)
    thailand.receive(other.replace(b"VN-000002", b"VN-000001"), corridor="asean", peer="VN")
    assert rules(last(ledger, "TH")) == {"MESSAGE-ID-REUSED"}


def test_an_unsigned_stranger_cannot_block_a_message_id(node: NodeMaker, ledger: Ledger) -> None:
    """Only messages whose signature held count as "came before"."""
    viet_nam, thailand = node("VN"), node("TH")
    raw = ledger.raw(viet_nam.send(EFORM_D, certificate(), "TH").digest)
    thailand.receive(raw.replace(b"Coffee", b"Cocoa!"), corridor="asean", peer="VN")
    thailand.receive(raw, corridor="asean", peer="VN")
    assert [entry.outcome for entry in received(ledger, "TH")] == [Outcome.REJECTED, Outcome.ACCEPTED]


def test_another_states_key_is_refused(
    node: NodeMaker, network: Network, pki: TestPki, ledger: Ledger
) -> None:
    """A message that says VN must be signed under VN's authority."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH", key=pki.key("MY"))
    network.run()
    entry = last(ledger, "TH")
    assert entry.outcome is Outcome.REJECTED
    assert rules(entry) == {"SIGNER-UNKNOWN-ISSUER"}


def test_tampering_is_refused_and_shows_in_the_books(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """A changed digit breaks the signature, and the reconciliation says that other bytes arrived."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.fail_next("VN", "TH", TamperedInTransit())
    network.run()
    assert rules(last(ledger, "TH")) == {"SIGNATURE-DIGEST"}
    assert not reconcile(ledger).reconciled


def test_a_lost_transmission_stays_in_flight_until_it_arrives(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """What is lost on the way is kept by the sender and sent again."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.fail_next("VN", "TH", Lost())
    viet_nam.deliver(network)
    before = reconcile(ledger)
    assert sum(row.in_flight for row in before.rows) == 1
    assert before.reconciled
    network.run()
    after = reconcile(ledger)
    assert sum(row.in_flight for row in after.rows) == 0
    assert after.reconciled


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "XML-SYNTAX"),
        (b"no xml", "XML-SYNTAX"),
        (b"<!DOCTYPE a><a/>", "XML-DOCTYPE"),
        (b"<a xmlns='urn:x'/>", "ENVELOPE"),
        (b"\xff\xfe<\x00a\x00/\x00>\x00", "XML-ENCODING"),
    ],
)
def test_what_cannot_be_read_is_answered_and_kept(
    node: NodeMaker, ledger: Ledger, raw: bytes, rule: str
) -> None:
    """Nothing is lost: unreadable bytes are recorded as they came and refused with a reason."""
    thailand = node("TH")
    assert thailand.receive(raw, corridor="asean", peer="VN") is not None
    (entry,) = received(ledger, "TH", "unknown")
    assert rules(entry) == {rule}
    assert entry.peer == "VN"
    assert ledger.raw(entry.digest) == raw


def test_a_message_for_somebody_else_is_refused(node: NodeMaker, ledger: Ledger) -> None:
    """The receiver in the header must be this gateway."""
    viet_nam, malaysia = node("VN"), node("MY")
    raw = ledger.raw(viet_nam.send(EFORM_D, certificate(), "TH").digest)
    malaysia.receive(raw, corridor="asean", peer="VN")
    (entry,) = [e for e in ledger.entries(gateway="MY") if e.direction is Direction.RECEIVED]
    assert rules(entry) == {"ENVELOPE-ROUTE"}


def test_the_header_must_agree_with_the_document(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """A certificate for Thailand is not taken by Malaysia; a header with another kind is refused."""
    viet_nam, _, thailand = node("VN"), node("MY"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "MY")
    network.run()
    assert rules(last(ledger, "MY")) == {"ENVELOPE-ROUTE"}
    raw = ledger.raw(viet_nam.send(EFORM_D, certificate(), "TH").digest)
    thailand.receive(raw.replace(b"<Type>asean/eform-d<", b"<Type>asean/acdd<"), corridor="asean", peer="VN")
    received_now = [e for e in ledger.entries(gateway="TH") if e.direction is Direction.RECEIVED]
    assert rules(received_now[-1]) == {"ENVELOPE-KIND"}


def test_a_broken_rule_is_told_to_the_partner(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """The acknowledgement carries the findings, with rule id and legal basis."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(importing_country="VN"), "TH")
    network.run()
    told = last(ledger, "VN", "asean/acknowledgement").document_as(m.Acknowledgement)
    assert told.outcome is Outcome.REJECTED
    assert "D03" in {finding.rule_id for finding in told.findings}
    assert all(finding.source for finding in told.findings)


def test_d11_presentation_within_twelve_months(
    node: NodeMaker, network: Network, ledger: Ledger, clock: VirtualClock
) -> None:
    """The last day of validity still counts, the next does not."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, issued_on(date(2024, 3, 3)), "TH")
    viet_nam.send(EFORM_D, issued_on(date(2024, 3, 2), reference="VN-TH 24/02/00007"), "TH")
    network.run()
    first, second = received(ledger, "TH")
    assert rules(first) == set()
    assert rules(second) == {"D11"}


def test_d36_a_reference_number_stands_for_one_content(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """The same number with other content is refused."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    viet_nam.send(EFORM_D, certificate(items=(item(marks="OTHER"),)), "TH")
    network.run()
    assert rules(last(ledger, "TH")) == {"D36"}


def cancellation(reference: str = "VN-TH 25/02/00006", replaced_by: str | None = None) -> m.Cancellation:
    """Viet Nam takes a certificate back."""
    return m.Cancellation(
        reference=reference,
        issuing_country="VN",
        cancelled_on=MOMENT.date(),
        reason=m.Reason(code="data-mismatch", text="quantity corrected"),
        replaced_by=replaced_by,
    )


def replacement() -> m.Certificate:
    """The certificate that stands for the cancelled one."""
    return certificate(
        reference="VN-TH 25/02/00007",
        replaces=m.CertificateReference(reference="VN-TH 25/02/00006", issued_on=date(2025, 3, 1)),
    )


def test_d34_a_replacement_follows_a_cancellation(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """Refused before the cancellation, accepted after it."""
    viet_nam, _ = node("VN", reply=NO_REPLY), node("TH", reply=NO_REPLY)
    viet_nam.send(EFORM_D, certificate(), "TH")
    viet_nam.send(EFORM_D, replacement(), "TH")
    network.run()
    assert rules(last(ledger, "TH")) == {"D34"}
    viet_nam.send("asean/eform-d-cancellation", cancellation(replaced_by="VN-TH 25/02/00007"), "TH")
    viet_nam.send(EFORM_D, replacement(), "TH")
    network.run()
    assert last(ledger, "TH", "asean/eform-d-cancellation").outcome is Outcome.ACCEPTED
    assert last(ledger, "TH").outcome is Outcome.ACCEPTED


def test_d34_a_cancelled_certificate_is_not_used(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """A utilisation answered after the cancellation is refused by the issuer."""
    viet_nam, thailand = node("VN", reply=NO_REPLY), node("TH", reply=NO_REPLY)
    viet_nam.send(EFORM_D, certificate(), "TH")
    viet_nam.send("asean/eform-d-cancellation", cancellation(), "TH")
    network.run()
    thailand.send("asean/customs-response", customs_response(certificate(), moment=MOMENT), "VN")
    network.run()
    assert rules(last(ledger, "VN", "asean/customs-response")) == {"D34"}


def test_c10_only_known_certificates_are_cancelled_and_only_once(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """An unknown number is refused, and a second cancellation with other words too."""
    viet_nam, _ = node("VN", reply=NO_REPLY), node("TH", reply=NO_REPLY)
    viet_nam.send("asean/eform-d-cancellation", cancellation("VN-TH 25/02/09999"), "TH")
    network.run()
    assert rules(last(ledger, "TH", "asean/eform-d-cancellation")) == {"C10"}
    viet_nam.send(EFORM_D, certificate(), "TH")
    viet_nam.send("asean/eform-d-cancellation", cancellation(), "TH")
    viet_nam.send("asean/eform-d-cancellation", cancellation(replaced_by="VN-TH 25/02/00008"), "TH")
    network.run()
    assert [entry.outcome for entry in received(ledger, "TH", "asean/eform-d-cancellation")][1:] == [
        Outcome.ACCEPTED,
        Outcome.REJECTED,
    ]


def test_r01_a_response_is_about_a_known_certificate(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """An answer to nothing is refused."""
    _, thailand = node("VN"), node("TH")
    thailand.send("asean/customs-response", customs_response(certificate(), moment=MOMENT), "VN")
    network.run()
    assert rules(last(ledger, "VN", "asean/customs-response")) == {"R01"}


def test_r02_a_rejection_comes_within_sixty_days(
    node: NodeMaker, network: Network, ledger: Ledger, clock: VirtualClock
) -> None:
    """Counted from the day on which the certificate came in."""
    viet_nam, thailand = node("VN", reply=NO_REPLY), node("TH", reply=NO_REPLY)
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.run()
    for days, expected in ((60, set()), (61, {"R02"})):
        late = MOMENT + timedelta(days=days)
        rejection = customs_response(certificate(), moment=late, decision=Decision.REJECTED)
        clock.advance(late - clock.now())
        thailand.send("asean/customs-response", replace(rejection, received_on=None), "VN")
        network.run()
        assert rules(last(ledger, "VN", "asean/customs-response")) == expected


def test_r03_a_utilisation_falls_into_the_validity(
    node: NodeMaker, network: Network, ledger: Ledger, clock: VirtualClock
) -> None:
    """Utilised a day after the twelve months is refused."""
    viet_nam, thailand = node("VN", reply=NO_REPLY), node("TH", reply=NO_REPLY)
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.run()
    clock.advance(timedelta(days=366))
    thailand.send("asean/customs-response", customs_response(certificate(), moment=clock.now()), "VN")
    network.run()
    assert rules(last(ledger, "VN", "asean/customs-response")) == {"R03"}


def cumulated() -> m.Certificate:
    """Goods under partial cumulation."""
    return certificate(
        items=(item(origin_criterion=m.OriginCriterion(rule="PC", percentage=Decimal(25))),),
        tick_boxes=m.TickBoxes(partial_cumulation=True),
    )


def test_d19_partial_cumulation_gets_no_preference(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """Our own customs answers not-granted; another answer is refused by the issuer."""
    viet_nam, thailand = node("VN"), node("TH")
    viet_nam.send(EFORM_D, cumulated(), "TH")
    network.run()
    response = last(ledger, "VN", "asean/customs-response")
    assert response.document_as(m.CustomsResponse).decision is Decision.NOT_GRANTED
    thailand.send("asean/customs-response", customs_response(cumulated(), moment=MOMENT), "VN")
    network.run()
    assert rules(last(ledger, "VN", "asean/customs-response")) == {"D19"}


def back_to_back(reference: str, quantity: int) -> m.Certificate:
    """Thailand sends on to Malaysia what came from Viet Nam under the first certificate."""
    first = certificate()
    assert first.certification
    return certificate(
        reference=reference,
        issuing_country="TH",
        importing_country="MY",
        exporter=replace(first.consignee, name="Siam Roasters"),
        consignee=replace(first.consignee, address=m.Address(lines=("1 Jalan",), city="Klang", country="MY")),
        certification=replace(first.certification, country="TH", place="Nonthaburi"),
        items=(item(quantity=m.Quantity(value=Decimal(quantity), unit="KGM")),),
        original_proofs=(
            m.OriginalProof(reference="VN-TH 25/02/00006", issued_on=date(2025, 3, 1), issuing_country="VN"),
        ),
        tick_boxes=m.TickBoxes(back_to_back=True),
    )


def test_d31_back_to_back_covers_what_remains(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """4000 of 6000 kg, then 2001: one kilogram too many; 2000: accepted."""
    viet_nam, thailand, _ = node("VN", reply=NO_REPLY), node("TH", reply=NO_REPLY), node("MY", reply=NO_REPLY)
    original = certificate(
        importing_country="MY", consignee=back_to_back("x", 1).consignee, reference="VN-MY 25/02/00006"
    )
    viet_nam.send(EFORM_D, original, "MY")
    network.run()
    proof = m.OriginalProof(reference="VN-MY 25/02/00006", issued_on=date(2025, 3, 1), issuing_country="VN")
    for reference, quantity in (("TH/1", 4000), ("TH/2", 2001), ("TH/3", 2000)):
        thailand.send(EFORM_D, replace(back_to_back(reference, quantity), original_proofs=(proof,)), "MY")
    network.run()
    assert [rules(entry) for entry in received(ledger, "MY")] == [set(), set(), {"D31"}, set()]


def test_t10_and_retransmission_on_request(node: NodeMaker, network: Network, ledger: Ledger) -> None:
    """What is asked for comes again, byte for byte; what was never sent cannot be asked for."""
    viet_nam, thailand = node("VN"), node("TH")
    viet_nam.send(EFORM_D, certificate(), "TH")
    network.run()
    request = m.RetransmissionRequest(
        references=("VN-TH 25/02/00006",),
        requesting_country="TH",
        requested_on=MOMENT.date(),
        reason=m.Reason(code="data-loss", text="archive damaged"),
    )
    thailand.send("asean/retransmission-request", request, "VN")
    network.run()
    assert [entry.outcome for entry in received(ledger, "TH")] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    thailand.send("asean/retransmission-request", replace(request, references=("VN-TH 25/02/00001",)), "VN")
    network.run()
    assert rules(last(ledger, "VN", "asean/retransmission-request")) == {"T10"}
    assert reconcile(ledger).reconciled


def test_a02_declarations_are_answered_and_cancelled_by_number(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """An ACDD is matched; a cancellation with another number is refused."""
    viet_nam, _ = node("VN"), node("TH")
    viet_nam.send("asean/acdd", export_declaration(), "TH")
    network.run()
    assert last(ledger, "VN", "asean/acdd-response").outcome is Outcome.ACCEPTED
    viet_nam.send("asean/acdd-cancellation", cancellation("305123456789"), "TH")
    viet_nam.send("asean/acdd-cancellation", cancellation("305999999999"), "TH")
    network.run()
    assert [rules(entry) for entry in received(ledger, "TH", "asean/acdd-cancellation")] == [set(), {"A02"}]


def test_k10_an_acknowledgement_answers_what_was_sent(
    node: NodeMaker, ledger: Ledger, network: Network
) -> None:
    """An acknowledgement of nothing, or of other bytes, is refused."""
    viet_nam, thailand = node("VN"), node("TH")
    sent = viet_nam.send(EFORM_D, certificate(), "TH")
    right = m.Acknowledgement(
        refers_to=sent.message_id,
        outcome=Outcome.ACCEPTED,
        received_at=MOMENT,
        digest=sent.digest,
        kind=EFORM_D,
    )
    for acknowledgement, expected in (
        (right, set()),
        (replace(right, refers_to="VN-999999"), {"K10"}),
        (replace(right, digest="0" * 64), {"K10"}),
    ):
        raw = ledger.raw(thailand.send("asean/acknowledgement", acknowledgement, "VN").digest)
        assert viet_nam.receive(raw, corridor="asean", peer="TH") is None
        assert rules(last(ledger, "VN", "asean/acknowledgement")) == expected

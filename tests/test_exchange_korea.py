"""Korea and Viet Nam: feedback, corrections under old and new numbers, working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.clock import VirtualClock
from asw_exchange.corridors.korea import CORRIDOR, history
from asw_exchange.corridors.korea.answers import feedback
from asw_exchange.corridors.korea.notation import CRITERION
from asw_exchange.corridors.korea.rules import Quirks, SameNumber, with_quirks
from asw_exchange.corridors.korea.working_days import is_working_day, last_issue_day
from asw_exchange.ledger import Ledger, reconcile
from asw_exchange.model import Decision, Outcome
from asw_exchange.node import Node
from asw_exchange.records import Direction, Entry
from asw_exchange.simulator.network import Network
from asw_exchange.testdata import korea, stream
from tests.builders import MOMENT

NodeMaker = Callable[..., Node]


def certificate(number: int = 1, **options: object) -> m.Certificate:
    """A Form VK from Viet Nam."""
    chance = stream(3, "test korea", number)
    fields = {"form": "VK", "shape": "plain", "items": 3} | options
    return korea.certificate(chance, number, **fields)  # type: ignore[arg-type]


def received(ledger: Ledger, gateway: str, kind: str) -> list[Entry]:
    """What a gateway took in of one kind, oldest first."""
    return list(ledger.entries(gateway=gateway, kind=kind, direction=Direction.RECEIVED))


def rules(entry: Entry) -> set[str]:
    """The ids of the findings."""
    return {finding.rule_id for finding in entry.findings}


@pytest.fixture
def both(node: NodeMaker) -> tuple[Node, Node]:
    """Viet Nam and Korea."""
    return node("VN"), node("KR")


def corrected(about: m.Certificate, new_number: str | None = None, version: int = 1) -> m.Correction:
    """A correction of the invoice number."""
    chance = stream(4, "correction")
    return korea.correction(
        chance, about, form="VK", new_number=new_number, version=version, day=MOMENT.date()
    )


def test_a_certificate_is_acknowledged_and_fed_back(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """Data, acknowledgement, feedback: the preference was applied."""
    issued = certificate()
    both[0].send(history.CERTIFICATE_VK, issued, "KR")
    network.run()
    told = received(ledger, "VN", history.FEEDBACK)[0]
    assert told.outcome is Outcome.ACCEPTED
    assert told.document_as(m.CustomsResponse).decision is Decision.UTILISED
    assert reconcile(ledger).reconciled


@pytest.mark.parametrize("new", [False, True], ids=["old number", "new number"])
def test_a_correction_takes_the_place_of_a_certificate(
    both: tuple[Node, Node], network: Network, ledger: Ledger, new: bool
) -> None:
    """Under the old number or a new one; from then on the certificate is as corrected."""
    issued = certificate()
    number = korea.number_of("VK", "VN", 99) if new else None
    both[0].send(history.CERTIFICATE_VK, issued, "KR")
    both[0].send(history.CORRECTION, corrected(issued, number), "KR")
    network.run()
    assert received(ledger, "KR", history.CORRECTION)[0].outcome is Outcome.ACCEPTED
    now = history.certificate_of(both[1].memory, issued.reference)
    assert now is not None
    assert now.invoices[0].number == f"{issued.invoices[0].number}-A"


def test_a_gateway_with_the_quirk_refuses_the_old_number(
    node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """It knows no corrections: the same number is a duplicate; a new number passes."""
    quirky = with_quirks(CORRIDOR, Quirks(same_number=SameNumber.IS_REFUSED))
    viet_nam, _ = node("VN"), node("KR", corridors={"korea": quirky})
    issued = certificate()
    viet_nam.send(history.CERTIFICATE_VK, issued, "KR")
    viet_nam.send(history.CORRECTION, corrected(issued), "KR")
    viet_nam.send(history.CORRECTION, corrected(issued, korea.number_of("VK", "VN", 99)), "KR")
    network.run()
    first, second = received(ledger, "KR", history.CORRECTION)
    assert rules(first) == {"KR51"}
    assert second.outcome is Outcome.ACCEPTED


def test_corrections_come_in_their_order_and_about_what_came(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """KR52 for a gap, KR50 for a certificate that never came."""
    issued = certificate()
    both[0].send(history.CERTIFICATE_VK, issued, "KR")
    both[0].send(history.CORRECTION, corrected(issued, version=2), "KR")
    both[0].send(history.CORRECTION, corrected(certificate(2)), "KR")
    network.run()
    assert [rules(entry) for entry in received(ledger, "KR", history.CORRECTION)] == [{"KR52"}, {"KR50"}]


def test_feedback_is_about_what_was_sent(both: tuple[Node, Node], network: Network, ledger: Ledger) -> None:
    """KF50 for an unknown certificate, KF51 for an item that it does not have."""
    issued = certificate()
    both[0].send(history.CERTIFICATE_VK, issued, "KR")
    network.run()
    both[1].send(history.FEEDBACK, feedback(certificate(2), moment=MOMENT), "VN")
    both[1].send(history.FEEDBACK, feedback(issued, moment=MOMENT, refused=(9,)), "VN")
    network.run()
    assert [rules(entry) for entry in received(ledger, "VN", history.FEEDBACK)[1:]] == [{"KF50"}, {"KF51"}]


def test_the_same_number_with_other_content_is_refused(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """KC52 for certificates, KD50 for declarations."""
    issued = certificate()
    both[0].send(history.CERTIFICATE_VK, issued, "KR")
    both[0].send(history.CERTIFICATE_VK, replace(issued, items=issued.items[:1]), "KR")
    declared = korea.export_declaration(stream(1, "declared"), 1, issuer="VN")
    both[0].send(history.DECLARATION, declared, "KR")
    both[0].send(history.DECLARATION, replace(declared, office="03CI"), "KR")
    network.run()
    assert rules(received(ledger, "KR", history.CERTIFICATE_VK)[1]) == {"KC52"}
    assert rules(received(ledger, "KR", history.DECLARATION)[1]) == {"KD50"}


def test_presented_after_a_year(
    both: tuple[Node, Node], network: Network, ledger: Ledger, clock: VirtualClock
) -> None:
    """KC51."""
    clock.advance(timedelta(days=370))
    both[0].send(history.CERTIFICATE_VK, certificate(), "KR")
    network.run()
    assert rules(received(ledger, "KR", history.CERTIFICATE_VK)[0]) == {"KC51"}


def test_the_form_goes_one_way(both: tuple[Node, Node], network: Network, ledger: Ledger) -> None:
    """Korea cannot send what only Viet Nam issues."""
    both[1].send(history.CERTIFICATE_VK, certificate(), "VN")
    network.run()
    assert rules(received(ledger, "VN", history.CERTIFICATE_VK)[0]) == {"ENVELOPE-ROUTE"}


@pytest.mark.parametrize(
    ("day", "country", "works"),
    [
        (date(2025, 3, 3), "VN", True),
        (date(2025, 3, 3), "KR", False),
        (date(2025, 3, 8), "KR", False),
        (date(2025, 10, 6), "KR", False),
        (date(2025, 9, 2), "VN", False),
        (date(2025, 1, 29), "VN", False),
    ],
    ids=["a Monday", "substitute for 1 March", "a Saturday", "Chuseok", "national day", "lunar new year"],
)
def test_working_days_are_those_of_the_state(day: date, country: str, works: bool) -> None:
    """Weekends and public holidays, lunar ones too."""
    assert is_working_day(day, country) == works


def test_three_working_days_and_one_of_tolerance() -> None:
    """Shipped on a Friday in Viet Nam, four working days later is Thursday; over Tết it is much later."""
    assert last_issue_day(date(2025, 2, 28), "VN") == date(2025, 3, 6)
    assert last_issue_day(date(2025, 1, 24), "VN") > date(2025, 2, 3)


@pytest.mark.parametrize(("late", "broken"), [(0, set()), (1, {"KC50"})], ids=["last day", "a day later"])
def test_a_late_certificate_says_that_it_is_retroactive(
    both: tuple[Node, Node], network: Network, ledger: Ledger, late: int, broken: set[str]
) -> None:
    """KC50: issued on the last day it is in order, a day later it has to be marked."""
    plain = certificate()
    assert plain.transport
    issued_on = last_issue_day(date(2025, 2, 21), "VN") + timedelta(days=late)
    assert plain.certification
    shifted = replace(
        plain,
        transport=replace(plain.transport, departure_date=date(2025, 2, 21)),
        certification=replace(plain.certification, signed_on=issued_on),
        declaration=replace(plain.declaration or m.Declaration(), signed_on=date(2025, 2, 20)),
        invoices=(m.Invoice(number="HĐ-1", issued_on=date(2025, 2, 18)),),
    )
    both[0].send(history.CERTIFICATE_VK, shifted, "KR")
    network.run()
    assert rules(received(ledger, "KR", history.CERTIFICATE_VK)[0]) == broken


@pytest.mark.parametrize(
    ("text", "rule", "percentage"),
    [
        ("WO", "WO", None),
        ("WO-AK", "WO-AK", None),
        ("RVC 45%", "RVC", 45),
        ("RVC40%", "RVC", 40),
        ("CTH + RVC 40%", "CTH", 40),
        ("Specific Processes", "SP", None),
        ("Rule 6", "Rule 6", None),
        ("whatever", "whatever", None),
    ],
)
def test_criteria_are_read_as_the_forms_print_them(text: str, rule: str, percentage: int | None) -> None:
    """Form AK, overleaf note 3."""
    criterion = CRITERION.read(text)
    assert (criterion.rule, criterion.percentage) == (rule, percentage)

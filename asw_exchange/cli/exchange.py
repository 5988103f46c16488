"""``asw demo``, ``asw tally`` and ``asw timeline``: the exchange and its books."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asw_exchange.cli.codes import INVALID
from asw_exchange.cli.output import entry_data, meter, print_json, say, show, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asw_exchange.ledger import Reconciliation, TallyRow
    from asw_exchange.records import Entry

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Database = Annotated[Path, typer.Option("--db", metavar="FILE", help="The ledger to read.")]
Databases = Annotated[
    list[str],
    typer.Option("--db", metavar="FILE|URL", help="The ledger to read; several are held against each other."),
]
COUNTS = (
    "sent",
    "acknowledged",
    "repeated",
    "received",
    "accepted",
    "rejected",
    "duplicate",
    "in_flight",
    "dead",
)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(demo)
    app.command()(tally)
    app.command()(timeline)


def demo(
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    count: Annotated[int, typer.Option(min=1, max=1000, help="Full lives for every ordered pair.")] = 1,
    db: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the ledger in this new file.")] = None,
    json_: Json = False,
) -> None:
    """Let all gateways exchange all kinds of messages, and prove the tally."""
    from asw_exchange.simulator.demo import run_demo

    with meter("Exchanging") as advance:
        result = run_demo(seed=seed, count=count, database=db, advance=advance)
    if json_:
        print_json(as_json(result))
    else:
        show(_by_gateway(result.rows))
        _print_verdict(result)
    if db is not None:
        say(f"ledger kept in {db}; see asw tally --check --db {db}")
    if not result.reconciled:
        raise typer.Exit(INVALID)


def tally(
    db: Databases,
    check: Annotated[bool, typer.Option("--check", help="Prove that sent and received agree.")] = False,
    gateway: Annotated[str | None, typer.Option(help="Only what this gateway sent.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", "-k", help="Only this kind.")] = None,
    json_: Json = False,
) -> None:
    """Count what was sent and received, by ordered pair of gateways and kind."""
    result, dropped = _reconciled(db)
    _check_names(result.rows, gateway, kind)
    rows = [row for row in result.rows if gateway in (None, row.gateway) and kind in (None, row.kind)]
    if json_:
        print_json(as_json(result, rows) | {"dropped": dropped})
    else:
        show(_by_pair(rows))
        if dropped["messages"]:
            say("retention has dropped {bytes} bytes of {messages} messages".format(**dropped))
        if check:
            _print_verdict(result, partly=(gateway, kind) != (None, None))
    if check and not result.reconciled:
        raise typer.Exit(INVALID)


def timeline(
    reference: Annotated[str, typer.Argument(help="A reference number, for example 'VN-TH 25/01/00001'.")],
    db: Database,
    json_: Json = False,
) -> None:
    """Tell what happened to a document, over all gateways."""
    from asw_exchange.errors import InputError
    from asw_exchange.ledger import Ledger
    from asw_exchange.ledger import timeline as timeline_of

    if any("\ud800" <= character <= "\udfff" for character in reference):  # what Python makes of such bytes
        raise typer.BadParameter("these bytes are no UTF-8", param_hint="REFERENCE")
    with Ledger.open(db, read_only=True) as ledger:
        entries = timeline_of(ledger, reference)
    if not entries:
        raise InputError("the ledger knows no document of this reference number", value=reference)
    if json_:
        print_json({"reference": reference, "entries": list(map(entry_data, entries))})
        return
    show(_timeline_table(reference, entries))


def _reconciled(places: Sequence[str]) -> tuple[Reconciliation, dict[str, int]]:
    """Reconcile one ledger, or several as if they were one; tell what retention has dropped of them."""
    from asw_exchange.ledger import Ledger, reconcile, together

    with ExitStack() as opened:
        ledgers = [opened.enter_context(Ledger.open(place, read_only=True)) for place in places]
        whole = ledgers[0] if len(ledgers) == 1 else opened.enter_context(together(ledgers))
        gone = [ledger.dropped() for ledger in ledgers]
        counts = {name: sum(getattr(each, name) for each in gone) for name in ("messages", "bytes")}
        return reconcile(whole), counts


def _check_names(rows: Sequence[TallyRow], gateway: str | None, kind: str | None) -> None:
    """Refuse a name that is neither known here nor in the ledger. Raises UnknownKind and UnknownName."""
    from asw_exchange.corridors import all_corridors, find_kind
    from asw_exchange.errors import UnknownName

    if kind is not None and kind not in {row.kind for row in rows}:
        find_kind(kind)
    known = {code for corridor in all_corridors() for code in corridor.members}
    known |= {code for row in rows for code in (row.gateway, row.peer)}
    if gateway is not None and gateway not in known:
        hint = f"the gateways are {', '.join(sorted(known))}"
        raise UnknownName("no corridor has this gateway", value=gateway, hint=hint)


def as_json(result: Reconciliation, rows: Sequence[TallyRow] | None = None) -> dict[str, Any]:
    """Return the machine-readable form: rows, reconciled, differences."""
    return {
        "rows": list(result.rows if rows is None else rows),
        "reconciled": result.reconciled,
        "differences": list(result.differences),
    }


def _by_gateway(rows: Sequence[TallyRow]) -> Any:
    """Sum the rows by gateway: what it sent, and what it received from all others."""
    columns = ("sent", "acknowledged", "in_flight", "dead", "received", "accepted", "rejected", "duplicate")
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        for gateway, names in ((row.gateway, columns[:4]), (row.peer, columns[4:])):
            totals = sums.setdefault(gateway, dict.fromkeys(columns, 0))
            for name in names:
                totals[name] += getattr(row, name)
    listing = table("Sent and received by gateway", ("gateway", *columns), columns)
    for gateway in sorted(sums):
        listing.add_row(gateway, *(str(sums[gateway][name]) for name in columns))
    listing.add_section()
    listing.add_row("all", *(str(sum(totals[name] for totals in sums.values())) for name in columns))
    return listing


def _by_pair(rows: Sequence[TallyRow]) -> Any:
    listing = table("Sent and received by pair and kind", ("from", "to", "kind", *COUNTS), COUNTS)
    for row in rows:
        listing.add_row(row.gateway, row.peer, row.kind, *(str(getattr(row, name)) for name in COUNTS))
    return listing


def _print_verdict(result: Reconciliation, *, partly: bool = False) -> None:
    """Tell the proof, which is of the whole ledger; ``partly`` where only a part of it was shown."""
    if result.reconciled and not result.rows:
        print("Nothing was exchanged: the ledger has no message.")
        return
    whole = ", over the whole ledger" if partly else ""
    total = {name: sum(getattr(row, name) for row in result.rows) for name in COUNTS}
    sums = (
        f"sent {total['sent']}{_unless_zero('repeated', total)} = accepted {total['accepted']}"
        f" + rejected {total['rejected']} + duplicate {total['duplicate']}"
        f" + in flight {total['in_flight']}{_unless_zero('dead', total)}"
    )
    if result.reconciled:
        print(f"Reconciled{whole}: {sums}, for each of {len(result.rows)} ordered pairs and kinds.")
        return
    print(f"NOT reconciled{whole}: {sums}; {len(result.differences)} differences:")
    for difference in result.differences:
        print(
            f"  {difference.gateway} to {difference.peer}, {difference.kind}, {difference.message_id}:",
            end=" ",
        )
        print(f"{difference.reason}")


def _unless_zero(name: str, total: dict[str, int]) -> str:
    return f" + {name} {total[name]}" if total[name] else ""


def _timeline_table(reference: str, entries: Sequence[Entry]) -> Any:
    listing = table(
        f"Timeline of {reference}", ("time (UTC)", "gateway", "", "peer", "kind", "outcome", "message")
    )
    for entry in entries:
        rules = ", ".join(finding.rule_id for finding in entry.findings)
        listing.add_row(
            f"{entry.moment:%Y-%m-%d %H:%M:%S}",
            entry.gateway,
            entry.direction,
            entry.peer,
            entry.kind,
            f"{entry.outcome or ''}{f' ({rules})' if rules else ''}",
            entry.message_id,
        )
    return listing

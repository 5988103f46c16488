"""``asw validate``, ``asw kinds`` and ``asw rules``: what is checked, and the checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asw_exchange.cli.codes import INPUT_OUTPUT, INVALID
from asw_exchange.cli.documents import moment_option
from asw_exchange.cli.files import read_file, shown, xml_files
from asw_exchange.cli.output import print_json, progress, say, show, table
from asw_exchange.errors import FileError, WrongOption

if TYPE_CHECKING:
    from asw_exchange.model import Finding
    from asw_exchange.validation import Report, Rule

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Moment = Annotated[
    str | None,
    typer.Option("--moment", metavar="TIME", help="The receiver's time, for example 2025-03-01T08:00:00Z."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(validate)
    app.command()(kinds)
    rules = typer.Typer(help="The rules that are checked, with their legal basis.", no_args_is_help=True)
    rules.command("list")(list_rules)
    rules.command("explain")(explain_rule)
    app.add_typer(rules, name="rules")


def validate(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="XML files, or folders with *.xml files.")
    ],
    kind: Annotated[str | None, typer.Option("--kind", "-k", help="What the files must be.")] = None,
    moment: Moment = None,
    level: Annotated[
        str, typer.Option(help="strict, or as-the-hub: what the ePhyto hub lets pass is a warning.")
    ] = "strict",
    schema: Annotated[
        Path | None, typer.Option(metavar="XSD", help="Check against this schema instead of ours.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(metavar="SCH", help="Check against these Schematron rules instead of ours.")
    ] = None,
    phase: Annotated[str | None, typer.Option(help="Phase of the Schematron file.")] = None,
    json_: Json = False,
) -> None:
    """Check XML documents or whole messages against schemas and rules. Signatures: asw verify."""
    check = _own_check(schema, rules, phase) if schema or rules else _our_check(kind, moment, level)
    files, unread = _files(paths)
    reports = []
    for file in progress(files, total=len(files), doing="Checking"):
        try:
            data = read_file(file)
        except FileError as error:
            unread.append(error)
            continue
        reports.append((file, check(data)))
    _tell(reports, unread, json_)


def _files(paths: list[Path]) -> tuple[list[Path], list[FileError]]:
    """Return the files to be checked, and what is wrong with folders that have none."""
    files: list[Path] = []
    unread: list[FileError] = []
    for path in paths:
        try:
            files += xml_files(path)
        except FileError as error:
            unread.append(error)
    return files, unread


def _tell(reports: list[tuple[Path, Report]], unread: list[FileError], json_: bool) -> None:
    """Say what could not be read, and print what was found; exits with the worst of their codes."""
    for error in unread:
        say(f"asw: {error}")
    if json_:
        print_json(_as_json(reports))
    else:
        _print_reports(reports)
    if unread:
        raise typer.Exit(INPUT_OUTPUT)
    if not all(report.valid for _, report in reports):
        raise typer.Exit(INVALID)


def _our_check(kind: str | None, moment: str | None, level: str) -> Callable[[bytes], Report]:
    from asw_exchange import verbs
    from asw_exchange.corridor import STRICT
    from asw_exchange.corridors import all_corridors, find_kind

    at = moment_option(moment)
    if kind is not None:
        find_kind(kind)
    levels = dict.fromkeys((STRICT, *(name for corridor in all_corridors() for name in corridor.levels)))
    if level not in levels:
        raise WrongOption("no corridor has this level", value=level, hint=f"there are {', '.join(levels)}")
    return lambda data: verbs.validate(data, kind=kind, moment=at, level=level)


def _own_check(schema: Path | None, rules: Path | None, phase: str | None) -> Callable[[bytes], Report]:
    from asw_exchange import verbs

    for path in filter(None, (schema, rules)):
        read_file(path)
    return lambda data: verbs.validate_against(data, schema=schema, rules=rules, phase=phase)


def _as_json(reports: list[tuple[Path, Report]]) -> dict[str, Any]:
    severities = Counter(str(finding.severity) for _, report in reports for finding in report.findings)
    valid = sum(report.valid for _, report in reports)
    return {
        "files": [
            {
                "file": shown(file),
                "kind": report.kind,
                "valid": report.valid,
                "ruleset": report.ruleset,
                "findings": report.findings,
            }
            for file, report in reports
        ],
        "summary": {
            "files": len(reports),
            "valid": valid,
            "invalid": len(reports) - valid,
            "errors": severities["error"],
            "warnings": severities["warning"],
            "infos": severities["info"],
        },
    }


def _print_reports(reports: list[tuple[Path, Report]]) -> None:
    for file, report in reports:
        verdict = "valid" if report.valid else "INVALID"
        about = ", ".join(part for part in (report.kind, report.ruleset) if part)
        print(f"{shown(file)}: {verdict}{f' ({about})' if about else ''}")
        for finding in report.findings:
            _print_finding(finding)
    valid = sum(report.valid for _, report in reports)
    say(f"{len(reports)} checked: {valid} valid, {len(reports) - valid} invalid")


def _print_finding(finding: Finding) -> None:
    line = f"line {finding.line}: " if finding.line else ""
    print(f"  {line}{finding.severity} {finding.rule_id}: {finding.message}")
    details = (
        ("at", finding.path),
        ("found", finding.value),
        ("expected", finding.expected),
        ("to do", finding.hint),
        ("basis", finding.source),
    )
    for label, text in details:
        if text:
            print(f"      {label:9}{text}")


def kinds(json_: Json = False) -> None:
    """List the kinds of messages, with root element and namespace."""
    from asw_exchange.corridors import all_corridors

    rows = [
        {
            "kind": kind.name,
            "title": kind.title,
            "root": kind.layout.root,
            "namespace": kind.layout.namespace,
            "schema": kind.schema,
            "rules": kind.rules,
        }
        for corridor in all_corridors()
        for kind in corridor.kinds
    ]
    if json_:
        print_json({"kinds": rows})
        return
    listing = table("Kinds of messages", ("kind", "root element", "namespace", "what it is"))
    for row in rows:
        listing.add_row(row["kind"], row["root"], row["namespace"], row["title"])
    show(listing)


def list_rules(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="Only the rules of this kind.")] = None,
    json_: Json = False,
) -> None:
    """List the rules: id, severity, what is demanded, on which basis."""
    from asw_exchange.rulebook import rules_of_all_kinds, rules_of_kind

    catalogue = rules_of_all_kinds() if kind is None else {kind: rules_of_kind(kind)}
    if json_:
        rows = [{"kind": name, **_rule_row(rule)} for name, rules in catalogue.items() for rule in rules]
        print_json({"rules": rows})
        return
    for name, rules in catalogue.items():
        listing = table(name, ("rule", "severity", "what it demands", "basis", "rule sets"))
        for rule in rules:
            listing.add_row(rule.id, str(rule.severity), rule.message, rule.source or "", _scope(rule))
        show(listing)


def _scope(rule: Rule) -> str:
    return "exchange" if rule.scope == "exchange" else ", ".join(rule.phases) or "all"


def _rule_row(rule: Rule) -> dict[str, Any]:
    import msgspec

    row: dict[str, Any] = msgspec.to_builtins(rule)
    return row


def explain_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="For example D25.")], json_: Json = False
) -> None:
    """Explain one rule wherever it applies: what it demands, why, and what to do."""
    from asw_exchange.errors import UnknownKind
    from asw_exchange.rulebook import rules_of_all_kinds

    found = [
        (kind, rule)
        for kind, rules in rules_of_all_kinds().items()
        for rule in rules
        if rule.id.casefold() == rule_id.casefold()
    ]
    if not found:
        raise UnknownKind("no rule has this id", value=rule_id, hint="asw rules list shows all of them")
    if json_:
        print_json({"rules": [{"kind": kind, **_rule_row(rule)} for kind, rule in found]})
        return
    for kind, rule in found:
        print(f"{rule.id} ({rule.severity}) in {kind}, {_scope(rule)}: {rule.message}")
        for label, text in (("to do", rule.hint), ("basis", rule.source)):
            if text:
                print(f"  {label:7}{text}")

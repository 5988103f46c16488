"""Revocation lists (RFC 5280, sections 5 and 6.3), and what they say about a chain of certificates.

Complete lists only: a list with a critical extension, as delta, indirect and partial lists have, is
refused. Not here: reading them from files (``authorities``), making them (``issuing``), fetching them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from asw_exchange.errors import CertificateRevoked, CredentialError
from asw_exchange.signature.certificates import check_list, name_of
from asw_exchange.signature.facts import Fact, State, bad, good, unknown

_TICK = timedelta(microseconds=1)
_DIGESTS = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """One entry of a list."""

    serial: int
    date: datetime
    """From this moment on the certificate is not to be believed; before it, it is."""
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """A complete list with all its entries decoded; whether its authority signed it is asked apart."""

    crl: x509.CertificateRevocationList
    issuer: x509.Name
    issued: datetime
    expires: datetime
    revoked: Mapping[int, Revocation] = field(repr=False)

    @classmethod
    def of(cls, crl: x509.CertificateRevocationList) -> RevocationList:
        """Decode a list. Raises CredentialError for one that cannot be relied on."""
        who = f"the revocation list of {crl.issuer.rfc4514_string()}"
        try:
            check_list(crl)
        except ValueError as error:
            raise CredentialError(f"{who} cannot be read", value=str(error)) from error
        critical = [extension.oid.dotted_string for extension in crl.extensions if extension.critical]
        if critical:
            hint = "give the complete list of that authority, no delta, indirect or partial one"
            raise CredentialError(f"{who} has a critical extension", value=" ".join(critical), hint=hint)
        if crl.next_update_utc is None:
            raise CredentialError(f"{who} does not say until when it holds (nextUpdate)")
        return cls(
            crl=crl,
            issuer=crl.issuer,
            issued=crl.last_update_utc,
            expires=crl.next_update_utc,
            revoked={entry.serial: entry for entry in entries_of(crl)},
        )

    def is_signed_by(self, authority: x509.Certificate) -> bool:
        """Tell whether an authority that may sign lists signed this one while it was in force."""
        digest = self.crl.signature_hash_algorithm
        if digest is None or digest.name not in _DIGESTS or not _may_sign_lists(authority):
            return False
        if not authority.not_valid_before_utc <= self.issued <= authority.not_valid_after_utc:
            return False
        try:
            return self.crl.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
        except (TypeError, ValueError, UnsupportedAlgorithm):
            return False

    def answers_for(self, certificate: x509.Certificate, moment: datetime) -> bool:
        """Tell whether silence of this list means that the certificate was not revoked at a moment.

        A list issued later answers too, unless the certificate had expired by then: an authority takes
        such entries off its lists (RFC 5280, section 5).
        """
        return moment <= self.expires and self.issued <= certificate.not_valid_after_utc


def entries_of(crl: x509.CertificateRevocationList) -> Iterator[Revocation]:
    """Yield what a list revokes."""
    for entry in crl:
        try:
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            reason = x509.ReasonFlags.unspecified
        yield Revocation(serial=entry.serial_number, date=entry.revocation_date_utc, reason=reason)


def _may_sign_lists(authority: x509.Certificate) -> bool:
    """RFC 5280, section 6.3.3 (f): a key usage, where there is one, must have cRLSign."""
    try:
        return authority.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


@dataclass(frozen=True, slots=True)
class RevocationLists:
    """The lists of a trust store, by the name of their authority.

    Raises CredentialError for a list that bears the name of a trusted authority and not its signature.
    A list of any other authority counts where a chain has a certificate of that authority that signed it.
    """

    authorities: Sequence[x509.Certificate]
    lists: Sequence[RevocationList]
    _named: frozenset[x509.Name] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", frozenset(each.subject for each in self.authorities))
        for each in self.lists:
            named = [authority for authority in self.authorities if authority.subject == each.issuer]
            if named and not any(map(each.is_signed_by, named)):
                raise CredentialError(
                    f"the revocation list of {each.issuer.rfc4514_string()} is not signed by that authority "
                    "with a key for lists",
                    hint="ask the authority for its list, and whether it has a new key",
                )

    def judge(self, path: Sequence[x509.Certificate], moment: datetime) -> Fact:
        """Say whether a certificate of the path is revoked at a moment; the authority at its end is given.

        Revoked counts before unknown. An entry counts from its date on, on whichever list it stands,
        expired ones included.
        """
        facts = [self._judge(one, issuer, moment) for one, issuer in pairwise(path)]
        for state in (State.BAD, State.UNKNOWN, State.GOOD):
            for fact in facts:
                if fact.state is state:
                    return fact
        return unknown("nobody to ask")

    def _judge(self, certificate: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> Fact:
        lists = self._of(issuer)
        for entry in _entries(lists, certificate):
            if entry.date <= moment:
                return _revoked(certificate, entry)
        fresh = [each.expires for each in lists if each.answers_for(certificate, moment)]
        if fresh:
            return good(f"not revoked, by a list that holds until {max(fresh):%Y-%m-%d}")
        if lists:
            last = max(each.expires for each in lists)
            return unknown(f"unknown, the list of {name_of(issuer)} expired on {last:%Y-%m-%d}")
        return unknown(f"unknown, there is no list of {name_of(issuer)}")

    def changes(self, path: Sequence[x509.Certificate]) -> Iterator[datetime]:
        """Yield the moments from which on ``judge`` may answer otherwise than just before."""
        for certificate, issuer in pairwise(path):
            lists = self._of(issuer)
            yield from (each.expires + _TICK for each in lists)
            yield from (entry.date for entry in _entries(lists, certificate))

    def all_changes(self, certificates: Sequence[x509.Certificate]) -> Iterator[datetime]:
        """Yield the moments at which ``judge`` may change its mind about any path of some certificates."""
        yield from (each.expires + _TICK for each in self.lists)
        for certificate in certificates:
            yield from (entry.date for entry in _entries(self.lists, certificate))

    def _of(self, issuer: x509.Certificate) -> list[RevocationList]:
        trusted = issuer.subject in self._named
        return [
            each
            for each in self.lists
            if each.issuer == issuer.subject and (trusted or each.is_signed_by(issuer))
        ]


def _entries(lists: Iterable[RevocationList], certificate: x509.Certificate) -> Iterator[Revocation]:
    for each in lists:
        if certificate.serial_number in each.revoked:
            yield each.revoked[certificate.serial_number]


def _revoked(certificate: x509.Certificate, entry: Revocation) -> Fact:
    says = f"revoked on {entry.date.astimezone(UTC):%Y-%m-%d} ({entry.reason.value})"
    return bad(
        says,
        CertificateRevoked(
            f"the certificate {name_of(certificate)} was {says}",
            value=f"serial number {certificate.serial_number:x}",
            hint="ask the sender which key it signs with now",
        ),
    )

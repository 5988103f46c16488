"""Whom to believe: the certification authorities of one counterparty, and the check of a signer against them.

Not here: what revocation lists say (``revocation``), and whether the signature fits (``verify``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from asw_exchange.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    ConfigurationError,
    CredentialError,
    ImitatedIssuer,
    RevocationUnknown,
    UnknownIssuer,
    UntrustedSigner,
    WeakKey,
    WrongKeyUsage,
    WrongSubject,
)
from asw_exchange.signature.authorities import check_authority, read_authorities
from asw_exchange.signature.certificates import decode_der, is_authority, is_issued_by, name_of, uris_of
from asw_exchange.signature.facts import Fact, SignerFacts, State, bad, good, unknown
from asw_exchange.signature.primitives import PublicKey, key_weakness
from asw_exchange.signature.refusals import Refusals
from asw_exchange.signature.revocation import RevocationList, RevocationLists

_MOST_REMEMBERED = 4096
_TICK = timedelta(microseconds=1)
_STRANGER = "does not lead to a trusted authority"
_IMITATED = "names a trusted authority, but has not its signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSigner:
    """A certificate that leads to a trusted authority, while the whole chain is in force and not revoked."""

    certificate: x509.Certificate
    public_key: PublicKey
    chain: tuple[x509.Certificate, ...]
    """From the certificate to the authority."""
    valid_from: datetime
    """The latest start of the certificates in the chain."""
    valid_until: datetime
    """Their earliest end."""
    facts: SignerFacts
    """What was found out; the revocation may be unknown, unless the store demands to know it."""
    known_from: datetime
    """From this moment to ``known_until`` the facts are these: no certificate or list begins or ends."""
    known_until: datetime


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Certificates and revocation lists of the authorities that may certify the signers of one counterparty.

    Signers that were found in order, and those that were refused, are remembered with the time for which
    that holds: checking one again is a look-up and a comparison of times. Raises CredentialError for a
    certificate that is no authority's, or has an EdDSA key, and for a list that is not its authority's.
    """

    authorities: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = field(default=(), hash=False)
    """Complete lists (RFC 5280, section 5). An entry counts from its date on; a list that has expired still
    revokes what stands on it, but proves nothing about what does not."""
    expected_uri: str | None = None
    """A URI that the certificate of a signer must bear as alternative name. Without it, everybody whom the
    authorities certify is believed to be this counterparty: right for an authority that serves it alone."""
    require_revocation: bool = False
    """Whether a signer is refused when no list in force covers its chain. When False it is believed, and the
    fact says so: somebody who keeps new lists from us, or an authority that publishes none, keeps a
    revoked key alive. When True, an authority that is late with its list stops the exchange."""
    _store: Store = field(init=False, repr=False, compare=False)
    _lists: RevocationLists = field(init=False, repr=False, compare=False)
    _known: dict[bytes, TrustedSigner] = field(init=False, repr=False, compare=False)
    _refusals: Refusals = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.authorities:
            raise CredentialError("a trust store needs at least one certification authority")
        for certificate in self.authorities:
            check_authority(certificate)
        lists = RevocationLists(self.authorities, tuple(map(RevocationList.of, self.crls)))
        object.__setattr__(self, "_lists", lists)
        object.__setattr__(self, "_store", Store(list(self.authorities)))
        object.__setattr__(self, "_known", {})
        object.__setattr__(self, "_refusals", Refusals())

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        *,
        expected_uri: str | None = None,
        require_revocation: bool = False,
    ) -> TrustStore:
        """Read authorities and their lists from a PKI folder (``*/ca.pem``, ``*/crl.pem``), a gateway's
        folder, any folder or file of PEM; lists ending in .crl in DER too.

        Raises FileError when something cannot be read, CredentialError naming a file that is no authority's.
        """
        authorities, lists = read_authorities(Path(path))
        try:
            return cls(authorities, lists, expected_uri, require_revocation)
        except CredentialError as error:
            raise error.in_file(str(path)) from error.__cause__

    def check(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate], moment: datetime
    ) -> TrustedSigner:
        """Check that a signer's certificate is to be believed at ``moment`` (RFC 5280, section 6).

        Raises the first that applies: UnknownIssuer or ImitatedIssuer, CertificateExpired or
        CertificateNotYetValid, WrongKeyUsage, WeakKey, CertificateRevoked or (where the store demands to
        know) RevocationUnknown, WrongSubject.
        """
        return self.check_encoded(_encoded((certificate, *intermediates)), moment)

    def check_encoded(self, certificates: Sequence[bytes], moment: datetime) -> TrustedSigner:
        """Check certificates in DER, the signer's first, as ``check`` does.

        Raises UntrustedSigner too for what is no certificate.
        """
        if moment.tzinfo is None:
            raise ConfigurationError("a moment needs a time zone", value=str(moment))
        known = self._known.get(certificates[0])
        if known is not None and known.known_from <= moment <= known.known_until:
            return known
        moment = moment.astimezone(UTC)
        self._refusals.recall(certificates, moment)
        signer = self._resolve(certificates, moment)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[certificates[0]] = signer
        return signer

    def examine(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate], moment: datetime
    ) -> SignerFacts:
        """Find out everything about a signer's certificate at ``moment``; no fault hides another."""
        return self.examine_encoded(_encoded((certificate, *intermediates)), moment)

    def examine_encoded(self, certificates: Sequence[bytes], moment: datetime) -> SignerFacts:
        """Examine certificates in DER, the signer's first. Raises UntrustedSigner for what is none."""
        if moment.tzinfo is None:
            raise ConfigurationError("a moment needs a time zone", value=str(moment))
        certificate, *intermediates = map(_decode, certificates)
        at = moment.astimezone(UTC)
        chain, path = self._chain(certificate, intermediates, at)
        return self._facts(chain, path, at)

    def _resolve(self, certificates: Sequence[bytes], moment: datetime) -> TrustedSigner:
        certificate, *intermediates = map(_decode, certificates)
        chain, path = self._chain(certificate, intermediates, moment)
        # the chain before anything else is looked at: strangers are to cost little
        error = chain.error or (facts := self._facts(chain, path, moment)).error
        if error:
            ends = self._changes((certificate, *intermediates))
            self._refusals.remember(certificates, error, moment, ends)
            raise error
        start, end = _span(path)
        changes = list(self._lists.changes(path))
        return TrustedSigner(
            certificate=certificate,
            public_key=certificate.public_key(),  # type: ignore[arg-type]  # _key knows no other types
            chain=path,
            valid_from=start,
            valid_until=end,
            facts=facts,
            known_from=max([start, *(change for change in changes if change <= moment)]),
            known_until=min([end, *(change - _TICK for change in changes if change > moment)]),
        )

    def _changes(self, certificates: Sequence[x509.Certificate]) -> Iterator[datetime]:
        """Yield the moments at which one of the certificates, an authority or a list begins or ends."""
        for each in (*certificates, *self.authorities):
            yield from (each.not_valid_before_utc, each.not_valid_after_utc + _TICK)
        yield from self._lists.all_changes(certificates)

    def _facts(self, chain: Fact, path: Sequence[x509.Certificate], moment: datetime) -> SignerFacts:
        """Collect the facts about the first certificate of a path."""
        certificate = path[0]
        return SignerFacts(
            certificate=certificate,
            chain=chain,
            time=_time(path, moment),
            usage=_usage(certificate),
            key=_key(certificate),
            revocation=self._revocation(chain, path, moment),
            name=self._name(certificate),
        )

    def _chain(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate], moment: datetime
    ) -> tuple[Fact, tuple[x509.Certificate, ...]]:
        """Build a chain at ``moment``, or else at the ends of the validity, to tell late from unknown.

        Returns the fact, and the path to the authority: the certificate alone where there is none.
        """
        times = [moment]
        if not all(_in_force(each, moment) for each in (certificate, *intermediates, *self.authorities)):
            times += [certificate.not_valid_before_utc, certificate.not_valid_after_utc]
        for time in times:
            verifier = _POLICY.store(self._store).time(time).build_client_verifier()
            try:
                path = tuple(verifier.verify(certificate, list(intermediates)).chain)
            except VerificationError as error:
                reason = error
            else:
                return good(f"leads to {name_of(path[-1])}"), path
        fault = self._unknown_issuer(certificate, intermediates)
        fault.__cause__ = reason
        return bad(_IMITATED if isinstance(fault, ImitatedIssuer) else _STRANGER, fault), (certificate,)

    def _unknown_issuer(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate]
    ) -> UnknownIssuer:
        value = f"issued by {certificate.issuer.rfc4514_string()}"
        if self._is_imitated((certificate, *intermediates)):
            return ImitatedIssuer(
                f"the certificate of the signer ({name_of(certificate)}) {_IMITATED}",
                value=value,
                hint="ask the sender whether the authority has a new key",
            )
        return UnknownIssuer(
            f"the certificate of the signer ({name_of(certificate)}) {_STRANGER}",
            value=value,
            hint="trust that authority, or ask the sender which key it signed with",
        )

    def _is_imitated(self, certificates: Iterable[x509.Certificate]) -> bool:
        """Tell whether one of them names an authority of ours that has not signed it."""
        for each in certificates:
            named = [authority for authority in self.authorities if authority.subject == each.issuer]
            if named and not any(is_issued_by(each, authority) for authority in named):
                return True
        return False

    def _revocation(self, chain: Fact, path: Sequence[x509.Certificate], moment: datetime) -> Fact:
        if chain.state is State.BAD:
            return unknown("unknown, there is no trusted authority to ask")
        fact = self._lists.judge(path, moment)
        if fact.state is not State.UNKNOWN or not self.require_revocation:
            return fact
        who = f"whether the certificate of the signer ({name_of(path[0])}) is revoked"
        hint = "get the authority's present list"
        return unknown(fact.says, RevocationUnknown(f"{who} must be known: {fact.says}", hint=hint))

    def _name(self, certificate: x509.Certificate) -> Fact:
        if self.expected_uri is None:
            return unknown("no name is expected")
        found = uris_of(certificate)
        if self.expected_uri in found:
            return good(self.expected_uri)
        says = f"not in the name of {self.expected_uri}"
        who = f"the certificate of the signer ({name_of(certificate)})"
        value = " ".join(found) or "no URI"
        hint = "the sender needs a certificate in its own name"
        return bad(says, WrongSubject(f"{who} is {says}", value=value, hint=hint))


_POLICY = PolicyBuilder().extension_policies(
    ca_policy=ExtensionPolicy.webpki_defaults_ca(),
    ee_policy=ExtensionPolicy.webpki_defaults_ee()
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, None),
)
"""Signers are gateways, not web clients: any extended key usage and any name will do. Key usage and
whether it is an authority are checked here, for an error of their own."""


def _encoded(certificates: Iterable[x509.Certificate]) -> list[bytes]:
    return [each.public_bytes(Encoding.DER) for each in certificates]


def _decode(der: bytes) -> x509.Certificate:
    try:
        return decode_der(der)
    except ValueError as error:
        raise UntrustedSigner("a certificate in the signature cannot be read", value=str(error)) from error


def _in_force(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def _span(path: Sequence[x509.Certificate]) -> tuple[datetime, datetime]:
    """Return the time in which all of them are in force."""
    return (
        max(each.not_valid_before_utc for each in path),
        min(each.not_valid_after_utc for each in path),
    )


def _time(path: Sequence[x509.Certificate], moment: datetime) -> Fact:
    start, end = _span(path)
    who = f"the certificate of the signer ({name_of(path[0])}) or of an authority above it"
    if moment > end:
        says = f"expired on {end:%Y-%m-%d}"
        return bad(says, CertificateExpired(f"{who} {says}", value=moment.isoformat()))
    if moment < start:
        says = f"valid only from {start:%Y-%m-%d}"
        return bad(says, CertificateNotYetValid(f"{who} is {says}", value=moment.isoformat()))
    return good(f"in force from {start:%Y-%m-%d} to {end:%Y-%m-%d}")


def _usage(certificate: x509.Certificate) -> Fact:
    """RFC 5280, section 4.2.1.3. The extension must be there: without it a certificate is for everything."""
    reason = _misuse(certificate)
    if reason is None:
        return good("for signatures")
    says = f"not for signatures: {reason}"
    return bad(says, WrongKeyUsage(f"the signer's certificate ({name_of(certificate)}) is {says}"))


def _misuse(certificate: x509.Certificate) -> str | None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return "it has no key usage"
    if not usage.digital_signature:
        return "its key usage lacks digitalSignature"
    return "it is that of an authority" if is_authority(certificate) else None


def _key(certificate: x509.Certificate) -> Fact:
    weakness = key_weakness(certificate.public_key())
    if weakness is None:
        return good("of a kind and length in the profile")
    who = f"the key of the signer ({name_of(certificate)})"
    return bad(f"not accepted: {weakness}", WeakKey(f"{who} is not accepted: {weakness}"))

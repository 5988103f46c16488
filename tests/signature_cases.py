"""What the tests of signatures share: a document, a test PKI, a fixed moment, and ways to tamper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from asw_exchange.codec import read
from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.model import (
    Address,
    Amount,
    Certificate,
    Certification,
    Declaration,
    Invoice,
    Item,
    OriginCriterion,
    Packages,
    Party,
    Quantity,
    Transport,
)
from asw_exchange.signature import SigningKey, TestPki, create_pki, sign
from asw_exchange.signature.primitives import PrivateKey

MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = 20260302
NS = "http://www.w3.org/2000/09/xmldsig#"
DS = f"{{{NS}}}"
ALGORITHMS = ("ecdsa-p256", "rsa-2048", "ed25519")


def _item(number: int) -> Item:
    return Item(
        number=number,
        marks=f"LÔ {number} & <A>",
        packages=(Packages(count=120, type="BG"),),
        description="Cà phê Robusta, chưa rang, chưa khử chất ca-phê-in",
        quantity=Quantity(value=Decimal("7200"), unit="KGM"),
        hs_code="09011120",
        origin_criterion=OriginCriterion(rule="WO"),
        gross_weight=Quantity(value=Decimal("7320.5"), unit="KGM"),
        fob=Amount(value=Decimal("28440.00"), currency="USD"),
    )


def _party(name: str, city: str, country: str) -> Party:
    return Party(
        name=name, identifier="0301", address=Address(lines=("12 Le Loi",), city=city, country=country)
    )


@cache
def certificate() -> Certificate:
    """A Form D of four items."""
    return Certificate(
        reference="VN-TH 26/01/00017",
        issuing_country="VN",
        importing_country="TH",
        produced_in="VN",
        exporter=_party("Công ty Cà phê Buôn Ma Thuột", "Buôn Ma Thuột", "VN"),
        consignee=_party("Siam Roasters Co., Ltd.", "Bangkok", "TH"),
        transport=Transport(departure_date=date(2026, 2, 27), mode="1", conveyance="HAIAN LINK 042N"),
        items=tuple(_item(number) for number in range(1, 5)),
        invoices=(Invoice(number="INV-0042", issued_on=date(2026, 2, 24)),),
        declaration=Declaration(place="Hồ Chí Minh", signed_on=date(2026, 2, 26), signatory="Ng. V. An"),
        certification=Certification(
            place="Hà Nội", signed_on=date(2026, 2, 26), officer="Trần", country="VN"
        ),
    )


@cache
def document() -> bytes:
    """The same as XML."""
    return EFORM_D.write(certificate()).encode()


@cache
def pki(algorithm: str = "ecdsa-p256") -> TestPki:
    """Keys of two states."""
    return create_pki(SEED, ("VN", "TH"), MOMENT, algorithm)


@cache
def signed(algorithm: str = "ecdsa-p256") -> bytes:
    """The document signed by VN."""
    return sign(document(), pki(algorithm).key("VN"))


def tamper(change: Callable[[etree._Element], object], message: bytes | None = None) -> bytes:
    """Change the tree of a signed message and write it again."""
    root = read(message or signed(), keep_instructions=True)
    change(root)
    return etree.tostring(root)


def signature_of(root: etree._Element) -> etree._Element:
    """The signature element of a tree."""
    return next(root.iter(f"{DS}Signature"))


def part(root: etree._Element, name: str) -> etree._Element:
    """The first element of that name in the signature."""
    return next(signature_of(root).iter(f"{DS}{name}"))


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A certificate to be made, good unless a field says otherwise."""

    subject: str = "VN gateway"
    issuer: str = "VN authority"
    authority: bool = False
    path_length: int | None = None
    usage: str | None = "digital_signature"
    """One or several, with spaces between."""
    serial: int = 17
    uris: tuple[str, ...] = ()
    start: datetime = MOMENT - timedelta(days=1)
    end: datetime = MOMENT + timedelta(days=100)
    purposes: tuple[x509.ObjectIdentifier, ...] = ()


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def issue(what: Issue, key: PrivateKey, issuer_key: PrivateKey) -> x509.Certificate:
    """Make a certificate for ``key`` signed by ``issuer_key``."""
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    basic = x509.BasicConstraints(ca=what.authority, path_length=what.path_length)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(what.subject))
        .issuer_name(_name(what.issuer))
        .public_key(key.public_key())
        .serial_number(what.serial)
        .not_valid_before(what.start)
        .not_valid_after(what.end)
        .add_extension(basic, critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(above, critical=False)
    )
    if what.usage:
        usage = x509.KeyUsage(**{name: name in what.usage.split() for name in _USAGES})
        builder = builder.add_extension(usage, critical=True)
    if what.purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(what.purposes), critical=False)
    if what.uris:
        names = x509.SubjectAlternativeName(list(map(x509.UniformResourceIdentifier, what.uris)))
        builder = builder.add_extension(names, critical=False)
    if isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        return builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True)
    return builder.sign(issuer_key, None)


@dataclass(frozen=True, kw_only=True)
class IssueList:
    """A revocation list to be made, good unless a field says otherwise."""

    issuer: str = "VN authority"
    revoked: tuple[tuple[int, datetime], ...] = ()
    """Serial number and date."""
    reason: x509.ReasonFlags | None = None
    start: datetime = MOMENT - timedelta(days=1)
    end: datetime = MOMENT + timedelta(days=10)
    digest: type[hashes.SHA224 | hashes.SHA256] = hashes.SHA256
    extension: tuple[x509.ExtensionType, bool] | None = None
    """And whether it is critical."""


def issue_list(what: IssueList, issuer_key: ec.EllipticCurvePrivateKey) -> x509.CertificateRevocationList:
    """Make a revocation list signed by ``issuer_key``."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_name(what.issuer))
        .last_update(what.start)
        .next_update(what.end)
    )
    if what.extension:
        builder = builder.add_extension(what.extension[0], critical=what.extension[1])
    for serial, day in what.revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(day)
        if what.reason:
            entry = entry.add_extension(x509.CRLReason(what.reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer_key, what.digest())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def ecdsa_key(number: int) -> ec.EllipticCurvePrivateKey:
    """A key on P-256, always the same for a number."""
    return ec.derive_private_key(number + 1_000_003, ec.SECP256R1())


@cache
def second_key() -> SigningKey:
    """Another gateway key that VN's authority has certified."""
    credentials = pki().gateways["VN"]
    authority = credentials.authority.subject
    key = ecdsa_key(2)
    builder = (
        x509.CertificateBuilder()
        .subject_name(credentials.key.certificate.subject)
        .issuer_name(authority)
        .public_key(key.public_key())
        .serial_number(18)
        .not_valid_before(MOMENT - timedelta(days=1))
        .not_valid_after(MOMENT + timedelta(days=100))
    )
    for extension in credentials.key.certificate.extensions:
        if not isinstance(extension.value, x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, critical=extension.critical)
    assert credentials.authority_key is not None
    return SigningKey(private_key=key, certificate=builder.sign(credentials.authority_key, hashes.SHA256()))

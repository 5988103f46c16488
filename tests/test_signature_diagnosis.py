"""When a signature does not hold, the diagnosis names what was done to the message."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ElementTree
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256, sha512

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from asw_exchange import explain, generate, verbs
from asw_exchange.corridors import corridor_of, find_kind
from asw_exchange.model import Header
from asw_exchange.signature import (
    Canonicalization,
    SignaturePolicy,
    SigningKey,
    TrustStore,
    create_pki,
    sign,
)
from asw_exchange.signature.diagnose import Cause, Diagnosis, Located, Standing, diagnose
from asw_exchange.signature.policy import ENVELOPED
from tests.interop.matrix import cells
from tests.interop.signxml_peer import Signxml
from tests.signature_cases import MOMENT, NS, document, pki, second_key, signed

KINDS = ("asean/eform-d", "eaeu/certificate-eav", "new-zealand/phytosanitary-certificate")
"""One for each place in which a signature stands."""
Damage = Callable[[bytes], bytes]


def trust() -> TrustStore:
    """Whom the receiver believes."""
    return pki().trust("VN")


def look_at(
    message: bytes, policy: SignaturePolicy = ENVELOPED, moment: datetime = MOMENT, **more: object
) -> Diagnosis:
    """Diagnose a bare document of any kind."""
    return diagnose(message, trust(), moment, lambda root: Located(part=root, policy=policy), **more)  # type: ignore[arg-type]


def causes(found: Diagnosis) -> list[Cause]:
    """The causes that a diagnosis names."""
    return [each.cause for each in found.causes]


def only(cause: Cause, found: Diagnosis) -> bool:
    """Whether it names exactly this cause, and says that nothing else is wrong."""
    return causes(found) == [cause] and found.explained and found.verified is None


def indented(message: bytes) -> bytes:
    """Put every element on a line, as pretty-printers do."""
    root = etree.fromstring(message)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


@cache
def message_of(kind: str, *, pretty: bool = False, envelope: bool = False) -> bytes:
    """A signed message of a kind, made from a document that is written on one line, or indented."""
    document = next(generate(kind, seed=7))
    key = pki().key("VN")
    if envelope:
        corridor, found = corridor_of(kind), find_kind(kind)
        header = Header(
            id=corridor.message_id("VN-00000001"),
            kind=found.name,
            sender="VN",
            receiver=next(code for code in corridor.members if code != "VN"),
            sent_at=MOMENT,
        )
        return corridor.pack(header, document, key)
    return verbs.sign(verbs.build(document, kind, indent=pretty), key)


def rewritten(message: bytes) -> bytes:
    """Let a library that forgets prefixes parse it and write it again."""
    return ElementTree.tostring(ElementTree.fromstring(message))


def misread(message: bytes) -> bytes:
    """Read UTF-8 as Windows-1252 and write it as UTF-8, as Windows does with what it leaves open."""
    return "".join(bytes([octet]).decode("cp1252", "ignore") or chr(octet) for octet in message).encode()


EVERYWHERE: dict[str, tuple[Damage, Cause]] = {
    "indented": (indented, Cause.INDENTED),
    "a line end between all tags": (lambda text: re.sub(b"><", b">\n<", text), Cause.INDENTED),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), Cause.ENCODING),
    "other prefixes": (rewritten, Cause.PREFIXES),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", EVERYWHERE)
def test_the_cause_is_named_wherever_the_signature_stands(damage: str, kind: str) -> None:
    """A document in each of the three placements, damaged after signing."""
    change, cause = EVERYWHERE[damage]
    found = explain(change(message_of(kind)), trust(), moment=MOMENT)
    assert only(cause, found), (found.causes, found.summary)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_message_is_diagnosed_in_its_envelope(kind: str) -> None:
    """The signature is found where the corridor has it, and the envelope is re-indented with it."""
    message = message_of(kind, envelope=True)
    assert explain(message, trust(), moment=MOMENT).verified
    assert only(Cause.INDENTED, explain(indented(message), trust(), moment=MOMENT))


@pytest.mark.parametrize("kind", KINDS)
def test_an_indented_document_that_lost_its_white_space_is_recognised(kind: str) -> None:
    """The signer's indentation is put back, and it is what was signed."""
    message = message_of(kind, pretty=True)
    found = explain(re.sub(rb">\s+<", b"><", message), trust(), moment=MOMENT)
    assert only(Cause.INDENTED, found)


@pytest.mark.parametrize("kind", KINDS)
def test_carriage_returns_in_an_indented_document_are_the_line_ends(kind: str) -> None:
    """Not the indentation, which is as it was."""
    message = message_of(kind, pretty=True).replace(b"\n", b"&#13;\n")
    assert only(Cause.LINE_ENDS, explain(message, trust(), moment=MOMENT))


def test_line_ends_of_the_file_do_no_harm() -> None:
    """XML reads CRLF as LF, so a file that was only transferred as text still verifies."""
    message = message_of("asean/eform-d", pretty=True).replace(b"\n", b"\r\n")
    assert explain(message, trust(), moment=MOMENT).verified


LINES = '<a><b>two\nlines of "text" &amp; &lt;escapes&gt;</b><c>é</c></a>'.encode()
_LOCATION = (
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a a.xsd" xmlns:ds="'
)
_LATIN = b'<?xml version="1.0" encoding="ISO-8859-1"?>'
AFTER: dict[str, tuple[bytes, Damage, Cause]] = {
    "a CR in every line": (LINES, lambda text: text.replace(b"\n", b"&#13;\n"), Cause.LINE_ENDS),
    "CRs lost": (
        LINES.replace(b"\n", b"&#13;\n"),
        lambda text: text.replace(b"&#xD;", b""),
        Cause.LINE_ENDS,
    ),
    "misread": (document(), misread, Cause.ENCODING),
    "said to be Latin-1": (document(), lambda text: _LATIN + text, Cause.ENCODING),
    "Latin-1": (LINES, lambda text: text.decode().encode("latin-1"), Cause.ENCODING),
    "Latin-1 and said so": (LINES, lambda text: _LATIN + text.decode().encode("latin-1"), Cause.ENCODING),
    "byte order mark": (LINES, lambda text: text.replace(b"two", b"\xef\xbb\xbftwo"), Cause.ENCODING),
    "instruction": (LINES, lambda text: b"<?xml-stylesheet href='a.xsl'?>" + text, Cause.COMMENTS),
    "location": (LINES, lambda text: text.replace(b"<a>", b"<a" + _LOCATION + b'urn:d">'), Cause.ATTRIBUTES),
    "wrapped attribute": (
        b'<a b="one two"><c>text</c></a>',
        lambda text: text.replace(b"one two", b"one&#10;  two"),
        Cause.ATTRIBUTES,
    ),
    "normalised attribute": (
        b'<a b="one&#10;two"><c>text</c></a>',
        lambda text: text.replace(b"&#xA;", b" "),
        Cause.ATTRIBUTES,
    ),
    "escapes": (
        LINES,
        lambda text: text.replace(b"&amp;", b"&amp;amp;").replace(b"&lt;", b"&amp;lt;"),
        Cause.RESERIALISED,
    ),
    "letters": (
        document(),
        lambda text: unicodedata.normalize("NFD", text.decode()).encode(),
        Cause.RESERIALISED,
    ),
    "ends of lines": (LINES, lambda text: text.replace(b"two\n", b"two  \n"), Cause.RESERIALISED),
    "document type": (LINES, lambda text: b"<!DOCTYPE a>\n" + text, Cause.RESERIALISED),
    "white space before": (
        document(),
        lambda text: b'\n<?xml version="1.0"?>' + text,
        Cause.RESERIALISED,
    ),
}


@pytest.mark.parametrize("name", AFTER)
def test_what_was_done_after_signing_is_named(name: str) -> None:
    """A message of ours, damaged on its way."""
    text, damage, cause = AFTER[name]
    message = sign(text, pki().key("VN"))
    assert damage(message) != message
    assert only(cause, look_at(damage(message))), look_at(damage(message)).causes


def faulty(
    text: bytes, octets: bytes, *, digest: bytes | None = None, key: SigningKey | None = None
) -> bytes:
    """Sign as a faulty signer does: the digest is that of ``octets``, whatever the document is."""
    return resigned(with_digest(sign(text, pki().key("VN")), digest or sha256(octets).digest()))


def with_digest(message: bytes, digest: bytes) -> bytes:
    """Put in another digest, without a key."""
    return re.sub(rb"(<ds:DigestValue>)[^<]*", rb"\g<1>" + b64encode(digest), message)


def signed_info(message: bytes) -> bytes:
    """SignedInfo as it stands, in exclusive canonical form."""
    start, end = message.index(b"<ds:SignedInfo>"), message.index(b"</ds:SignedInfo>")
    return (
        b'<ds:SignedInfo xmlns:ds="' + NS.encode() + b'">' + message[start + 15 : end] + b"</ds:SignedInfo>"
    )


def resigned(message: bytes, key: SigningKey | None = None, info: bytes | None = None) -> bytes:
    """Put in the signature value that a key (VN's) makes of SignedInfo, or of other bytes."""
    key = key or pki().key("VN")
    value = b64encode(key.value_of(signed_info(message) if info is None else info))
    return re.sub(rb"(<ds:SignatureValue>)[^<]*", rb"\g<1>" + value, message)


TEXT = '<a xmlns="urn:a" xmlns:u="urn:u"><!--c--><b c = "1"></b> é "x"\n</a>'.encode()
CANONICAL = '<a xmlns="urn:a"><b c="1"></b> é "x"\n</a>'.encode()
DIGESTED = {
    "raw CRLF": (CANONICAL.replace(b"\n", b"\r\n"), Cause.LINE_ENDS),
    "UTF-16": (CANONICAL.decode().encode("utf-16-le"), Cause.ENCODING),
    "comments": (CANONICAL.replace(b"<b", b"<!--c--><b"), Cause.COMMENTS),
    "inclusive": (CANONICAL.replace(b'urn:a"', b'urn:a" xmlns:u="urn:u"'), Cause.CANONICALIZATION),
    "empty elements in short form": (CANONICAL.replace(b"></b>", b"/>"), Cause.RESERIALISED),
    "quotation marks escaped": (CANONICAL.replace(b'"x"', b"&quot;x&quot;"), Cause.RESERIALISED),
    "references for letters": (CANONICAL.replace(b"\xc3\xa9", b"&#233;"), Cause.RESERIALISED),
    "with a declaration": (b'<?xml version="1.0" encoding="UTF-8"?>\n' + CANONICAL, Cause.OTHER_CONTENT),
    "without the outer tags": (CANONICAL[17:-4], Cause.OTHER_CONTENT),
    "the bytes of the file": (TEXT, Cause.OTHER_CONTENT),
}


@pytest.mark.parametrize("name", DIGESTED)
def test_what_the_signer_digested_instead_is_named(name: str) -> None:
    """A signer that made the digest of something else, and signed it rightly."""
    octets, cause = DIGESTED[name]
    signature = faulty(TEXT, octets).partition(b"<ds:Signature ")[2].removesuffix(b"</a>")
    found = look_at(TEXT.removesuffix(b"</a>") + b"<ds:Signature " + signature + b"</a>")
    assert only(cause, found), found.causes
    assert found.original_octets == octets


@pytest.mark.parametrize(
    "digest",
    [sha512(document()).digest(), sha256(document()).hexdigest().encode()],
    ids=["SHA-512", "hexadecimal"],
)
def test_another_digest_is_named(digest: bytes) -> None:
    """Another algorithm than declared, or its value in hexadecimal."""
    assert only(Cause.OTHER_DIGEST, look_at(faulty(document(), b"", digest=digest)))


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_digest_of_the_document_alone_is_named(kind: str) -> None:
    """The signer forgot the container that its reference names."""
    message = message_of(kind)
    payload = verbs.verify(message, trust(), moment=MOMENT).canonical
    message = resigned(with_digest(message, sha256(payload).digest()))
    found = explain(message, trust(), moment=MOMENT)
    assert only(Cause.OTHER_CONTENT, found), found.causes


def test_two_causes_together_are_named() -> None:
    """Indented, and letters decomposed."""
    message = unicodedata.normalize("NFD", indented(signed()).decode()).encode()
    found = look_at(message)
    assert causes(found) == [Cause.INDENTED, Cause.RESERIALISED]
    assert found.explained
    assert found.original_octets == document()


def test_white_space_in_signed_info_alone_is_named() -> None:
    """The content holds, the signature value does not: SignedInfo was re-indented."""
    cut = signed().index(b"<ds:Signature ")
    message = signed()[:cut] + re.sub(b"><(?!/ds:[TCD])", b">\n  <", signed()[cut:])
    message = message.replace(b">\n  </CertificateOfOrigin", b"></CertificateOfOrigin")
    found = look_at(message)
    assert found.content is Standing.HOLDS
    assert only(Cause.INDENTED, found)
    assert found.original_signed_info == signed_info(signed())


def test_signed_info_by_another_canonicalisation_is_named() -> None:
    """Inclusive C14N takes over the namespace of the document."""
    info = signed_info(signed()).replace(
        b"<ds:SignedInfo xmlns:ds=", b'<ds:SignedInfo xmlns="urn:asw-exchange:asean:eform-d:1" xmlns:ds='
    )
    assert only(Cause.CANONICALIZATION, look_at(resigned(signed(), info=info)))


def test_a_value_in_der_is_named() -> None:
    """What OpenSSL gives is not what XML Signature wants."""
    key = pki().key("VN")
    assert isinstance(key.private_key, ec.EllipticCurvePrivateKey)
    value = key.private_key.sign(signed_info(signed()), ec.ECDSA(hashes.SHA256()))
    assert decode_dss_signature(value)
    message = re.sub(rb"(<ds:SignatureValue>)[^<]*", rb"\g<1>" + b64encode(value), signed())
    assert only(Cause.VALUE_FORMAT, look_at(message))


def test_another_hash_in_the_signature_value_is_named() -> None:
    """ECDSA with SHA-384, where the signature says SHA-256."""
    key = pki().key("VN")
    assert isinstance(key.private_key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.private_key.sign(signed_info(signed()), ec.ECDSA(hashes.SHA384())))
    value = b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    message = re.sub(rb"(<ds:SignatureValue>)[^<]*", rb"\g<1>" + value, signed())
    assert only(Cause.OTHER_METHOD, look_at(message))


def test_another_key_is_named_with_the_certificate_that_it_fits() -> None:
    """Signed by TH, but with the certificate of VN in it."""
    other = pki().key("TH")
    found = look_at(resigned(signed(), other), known=(other.certificate,))
    assert only(Cause.OTHER_KEY, found)
    assert f"{other.certificate.serial_number:x}" in found.causes[0].detail


def test_a_gateway_with_a_new_key_from_a_new_authority_is_named() -> None:
    """The same names, other keys: the certificate known here tells it."""
    stranger = create_pki(99, ("VN",), MOMENT).key("VN")
    found = look_at(sign(document(), stranger), known=(pki().key("VN").certificate,))
    assert only(Cause.OTHER_KEY, found)
    assert (found.content, found.signature) == (Standing.HOLDS, Standing.HOLDS)


def test_a_second_certificate_of_the_authority_verifies() -> None:
    """What only looks like another key is none."""
    assert look_at(sign(document(), second_key())).verified


@pytest.mark.parametrize(
    ("away", "cause"),
    [(timedelta(hours=3), Cause.CLOCK_SKEW), (timedelta(days=30), Cause.EXPIRED)],
)
def test_late_is_a_clock_or_expired(away: timedelta, cause: Cause) -> None:
    """Less than a day behind the end is more likely a clock."""
    end = pki().key("VN").certificate.not_valid_after_utc
    assert only(cause, look_at(signed(), moment=end + away))


@pytest.mark.parametrize(
    ("away", "cause"),
    [(timedelta(hours=3), Cause.CLOCK_SKEW), (timedelta(days=30), Cause.NOT_YET_VALID)],
)
def test_early_is_a_clock_or_not_yet_valid(away: timedelta, cause: Cause) -> None:
    """The same before the start."""
    start = max(pki().key("VN").certificate.not_valid_before_utc, trust().authorities[0].not_valid_before_utc)
    assert only(cause, look_at(signed(), moment=start - away))


def test_an_issuer_that_nobody_trusts_is_named() -> None:
    """Another state's authority."""
    found = look_at(sign(document(), pki().key("TH")))
    assert only(Cause.UNKNOWN_ISSUER, found)


def test_a_signature_outside_the_profile_is_told_from_a_broken_one() -> None:
    """It holds by what it declares, but inclusive C14N is not agreed."""
    message = sign(document(), pki().key("VN"), SignaturePolicy(canonicalization=Canonicalization.INCLUSIVE))
    found = look_at(message)
    assert only(Cause.OUTSIDE_PROFILE, found)
    assert (found.content, found.signature) == (Standing.HOLDS, Standing.HOLDS)


def test_changed_content_is_no_usual_cause() -> None:
    """Nothing fits, and the diagnosis says so, and that the signature itself is genuine."""
    found = look_at(signed().replace(b"7200", b"7201", 1))
    assert not found.causes
    assert not found.explained
    assert found.complete
    assert (found.content, found.signature) == (Standing.BROKEN, Standing.HOLDS)
    assert "changed after signing" in found.summary


def test_a_changed_signed_info_is_no_usual_cause() -> None:
    """Somebody changed the content, and put in its digest, without the key."""
    changed = document().replace(b"7200", b"7201", 1)
    message = with_digest(signed().replace(b"7200", b"7201", 1), sha256(changed).digest())
    found = look_at(message)
    assert (found.content, found.signature, found.causes) == (Standing.HOLDS, Standing.BROKEN, ())


@pytest.mark.parametrize("message", [b"", b"no XML", b"<a", document(), signed()[:-40]])
def test_what_cannot_be_read_is_the_diagnosis(message: bytes) -> None:
    """Nothing is raised; the error of ``verify`` is told."""
    found = explain(message, trust(), moment=MOMENT)
    assert found.error
    assert not found.explained
    assert str(found.error) in found.summary


def test_the_digests_and_bytes_are_those_of_verify() -> None:
    """What was signed, what is computed, and the bytes in between, also when all is well."""
    good, bad = look_at(signed()), look_at(signed().replace(b"7200", b"7201", 1))
    assert good.reference_octets == document()
    assert good.expected == good.computed == bad.expected == b64encode(sha256(document()).digest()).decode()
    assert bad.reference_octets
    assert b64decode(bad.computed or "") == sha256(bad.reference_octets).digest()
    assert good.signed_info == signed_info(signed())
    assert good.reference == ""


@pytest.mark.parametrize("cause", [Cause.INDENTED, Cause.PREFIXES])
def test_a_message_of_signxml_is_diagnosed(cause: Cause) -> None:
    """Not only what we sign ourselves."""
    (message,) = Signxml().sign([document()], cells()[0])
    change = indented if cause is Cause.INDENTED else rewritten
    found = explain(change(message), trust(), moment=MOMENT)
    assert only(cause, found), found.causes


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not installed")
def test_what_xmllint_formats_is_re_indented() -> None:
    """A pretty-printer that is not ours, on a document that was signed with other indentation."""
    message = message_of("asean/eform-d", pretty=True)
    done = subprocess.run(["xmllint", "--format", "-"], input=message, capture_output=True, check=True)
    assert only(Cause.INDENTED, explain(done.stdout, trust(), moment=MOMENT))


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    position=st.floats(0, 1),
    length=st.integers(0, 60),
    patch=st.binary(max_size=20) | st.sampled_from([b"<!-- -->", b"<?x y?>", b"&#13;", b"<a/>", b"\xff\xfe"]),
)
def test_no_change_of_the_bytes_makes_it_raise(kind: str, position: float, length: int, patch: bytes) -> None:
    """Any part, replaced by anything: there is always a diagnosis, and it agrees with ``verify``."""
    message = message_of(kind)
    start = int(position * len(message))
    changed = message[:start] + patch + message[start + length :]
    found = explain(changed, trust(), moment=MOMENT)
    assert (found.verified is None) == (found.error is not None)
    assert found.summary


@given(data=st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    """Anything at all."""
    assert explain(data, trust(), moment=MOMENT).error

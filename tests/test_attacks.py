"""Known attacks on signed messages: our gateways refuse every one of them by its name."""

from __future__ import annotations

import dataclasses
import os
import re
import socket
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from asw_exchange import errors
from asw_exchange.cli import app
from asw_exchange.cli.attacks import report
from asw_exchange.corridors import all_corridors
from asw_exchange.signature import Placement, write_pki
from asw_exchange.signature.containers import SIGNED_DATA, SOAP
from asw_exchange.simulator.attacks import ACCEPTED, Trial, first_certificates, try_attacks
from asw_exchange.testdata import generators_of
from asw_exchange.testdata.attacks import (
    Attack,
    Family,
    Harmless,
    Victim,
    all_attacks,
    attack,
    build,
    create_victim,
    deliveries,
)
from asw_exchange.testdata.attacks.surgery import Opened, open_message, parent_of, resigned, take_out
from tests.interop.xmlsec1 import COMMAND as XMLSEC

FIRST = first_certificates()
SIGNED = [
    kind.name
    for corridor in all_corridors()
    for kind in corridor.kinds
    if kind.signed and kind.name in generators_of(corridor.name)
]
OTHERS = [name for name in SIGNED if name not in FIRST]


def of_family(*families: Family) -> tuple[Attack, ...]:
    """The attacks of some families."""
    return tuple(each for each in all_attacks() if each.family in families)


def wrong(kind: str, attacks: tuple[Attack, ...]) -> list[str]:
    """What was not held off as it must be, in words."""
    trials = list(try_attacks(kind, attacks=attacks))
    assert len(trials) == len(attacks)
    return [f"{trial.attack.name}: {trial.was}, not {trial.must_be}" for trial in trials if not trial.held]


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("kind", FIRST)
def test_every_attack_is_held_off_by_name(kind: str, family: Family) -> None:
    """One kind of each corridor, so every placement of a signature and every envelope."""
    assert wrong(kind, of_family(family)) == []


@pytest.mark.parametrize("kind", OTHERS)
def test_no_other_kind_lets_one_through(kind: str) -> None:
    """Every signed kind, a third of the attacks each; floods do not depend on the kind and are left out."""
    attacks = of_family(*set(Family) - {Family.RESOURCES})
    assert wrong(kind, attacks[OTHERS.index(kind) % 3 :: 3]) == []


GENUINE = Attack(
    name="genuine",
    family=Family.CONTENT,
    description="The genuine message.",
    source="none",
    expected=Harmless.WHOLE,
    forge=lambda victim: victim.message(),
)


@pytest.mark.parametrize("kind", FIRST)
def test_the_genuine_message_is_taken_whole(kind: str) -> None:
    """The attacks could otherwise be refused for a wrong reason."""
    assert wrong(kind, (GENUINE,)) == []


def _without_canonical_form(victim: Victim) -> bytes:
    """An envelope that no hub has numbered yet, with a relative namespace name in it."""
    opened = open_message(victim)
    number = next(opened.target.iter("{*}hubDeliveryNumber"))
    parent_of(number).set("relative", "namespace")
    take_out(number)
    return opened.write().replace(b'relative="namespace"', b'xmlns:relative="no/scheme"')


def _content_that_is_no_xml(opened: Opened) -> None:
    next(opened.target.iter("{*}Content")).text = "ký tự"


@pytest.mark.parametrize(
    ("forge", "error"),
    [
        (_without_canonical_form, errors.NoCanonicalForm),
        (resigned(_content_that_is_no_xml), errors.BodyError),
    ],
    ids=["no canonical form", "neither XML nor ASCII"],
)
def test_an_odd_envelope_of_the_hub_is_refused_by_name(
    forge: Callable[[Victim], bytes], error: type[errors.ExchangeError]
) -> None:
    """Whatever is in it, signed or not, nothing but an error of ours comes out."""
    odd = dataclasses.replace(GENUINE, expected=error, forge=forge)
    assert wrong("new-zealand/phytosanitary-certificate", (odd,)) == []


@pytest.mark.parametrize("kind", FIRST)
def test_a_trial_can_fail(kind: str) -> None:
    """A message that is refused under another name, or taken, is not held off."""
    taken = dataclasses.replace(GENUINE, expected=errors.Unsigned)
    renamed = dataclasses.replace(attack("unsigned"), expected=errors.DigestMismatch)
    trials = list(try_attacks(kind, attacks=(taken, renamed)))
    assert [trial.was for trial in trials] == [Harmless.WHOLE, "SIGNATURE-MISSING"]
    assert not any(trial.held for trial in trials)


def test_every_family_has_attacks_with_names_and_sources() -> None:
    """Names are public: kebab-case, each once; each attack says what it does and where it is known from."""
    assert set(Family) == {each.family for each in all_attacks()}
    assert max(Counter(each.name for each in all_attacks()).values()) == 1
    for each in all_attacks():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each.name)
        assert each.description.endswith(".")
        assert each.source


def test_the_readme_counts_the_attacks() -> None:
    """The number that it tells is the number that there is."""
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    assert f"{len(all_attacks())} known attacks" in readme


def test_the_same_seed_gives_the_same_attack() -> None:
    """Keys, certificates and message follow from the seed; another seed gives others."""
    for name in ("certificate-expired", "xsw4-original-inside", "hmac-public-key"):
        assert build(name, "asean/eform-d", seed=3) == build(name, "asean/eform-d", seed=3)
        assert build(name, "asean/eform-d", seed=3) != build(name, "asean/eform-d", seed=4)


def test_a_replay_is_two_deliveries() -> None:
    """The genuine message first, then the attack."""
    first, second = deliveries("replayed", "asean/eform-d")
    assert first == second == create_victim("asean/eform-d").message()
    first, second = deliveries("id-reused", "korea/certificate-vk")
    assert first != second


def test_what_cannot_be_attacked_is_said() -> None:
    """An unknown name, a kind that is not signed, an attack on ids where there are none."""
    with pytest.raises(errors.InputError, match="no attack has this name"):
        build("none-such", "asean/eform-d")
    with pytest.raises(errors.InputError, match="not signed"):
        build("replayed", "eaeu/fault")
    with pytest.raises(errors.InputError, match="duplicate-id is no attack"):
        build("duplicate-id", "asean/eform-d")


@pytest.mark.parametrize("kind", FIRST)
def test_nothing_is_fetched_or_read(kind: str, tmp_path: Path) -> None:
    """A listening socket sees no connection and a file is not read, whatever refers to them."""
    secret, control = tmp_path / "secret.txt", tmp_path / "control.txt"
    for path in (secret, control):
        path.write_text("secret")
        os.utime(path, (1, 2))  # read long ago, written after that: file systems note the next reading
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/probe"
        families = of_family(Family.TRANSFORMS, Family.CONTENT, Family.REFERENCES)
        trials = list(try_attacks(kind, attacks=families, url=url, file=secret.as_uri()))
        assert all(trial.held for trial in trials)
        assert (
            sum(
                url.encode() in build(each.name, kind, url=url)
                for each in families
                if each.fits(create_victim(kind).placement)
            )
            >= 8
        )
        with pytest.raises(BlockingIOError):
            server.accept()
    assert secret.stat().st_atime == 1
    control.read_text()
    if control.stat().st_atime == 1:
        pytest.skip("this file system does not note when a file is read")


def believed_by_xmlsec(kind: str, folder: Path) -> list[str]:
    """The wrapping attacks, ids kept apart, to whose signature xmlsec1 says that it holds."""
    victim = create_victim(kind)
    write_pki(victim.pki, folder / "pki")
    element = f"{SIGNED_DATA}:SignedContent"
    if victim.placement is Placement.SOAP_BODY:
        element = f"{SOAP}:Body"
    command = [str(XMLSEC), "--verify", "--enabled-key-data", "x509", "--id-attr:Id", element]
    command += ["--trusted-pem", str(folder / "pki" / victim.header.sender / "ca.pem")]
    command += ["--verification-gmt-time", f"{victim.moment:%Y-%m-%d %H:%M:%S}"]
    found = []
    for each in of_family(Family.WRAPPING):
        if not each.name.endswith("-other-id"):
            continue
        (folder / "attack.xml").write_bytes(build(each.name, kind))
        done = subprocess.run([*command, str(folder / "attack.xml")], capture_output=True)
        if done.returncode == 0:
            found.append(each.name)
    return found


@pytest.mark.skipif(XMLSEC is None, reason="xmlsec1 is not installed (apt-get install xmlsec1)")
@pytest.mark.parametrize("kind", ["eaeu/certificate-eav", "new-zealand/phytosanitary-certificate"])
def test_the_wrapping_attacks_are_real(kind: str, tmp_path: Path) -> None:
    """A bare verifier, which looks for the id anywhere, finds a good signature in most of them."""
    assert len(believed_by_xmlsec(kind, tmp_path)) >= 11


def run(*arguments: str) -> tuple[int, str]:
    """Run ``asw attack``; return exit code and output."""
    done = CliRunner().invoke(app, ["attack", *arguments])
    return done.exit_code, done.output


def test_the_commands_list_build_and_try(tmp_path: Path) -> None:
    """A list of all, an attack as a file that can be sent, and the matrix of a family."""
    listed = run("list", "--json")[1]
    assert all(f'"{each.name}"' in listed for each in all_attacks())
    assert run("build", "replayed", "asean/eform-d", "--seed", "3", "--out", str(tmp_path))[0] == 0
    assert (tmp_path / "replayed-2.xml").read_bytes() == build("replayed", "asean/eform-d", seed=3)
    code, output = run("matrix", "--family", "replay")
    assert code == 0
    assert "23 attacks tried, all OK" in output
    assert run("matrix", "--family", "none-such")[0] == 2


@pytest.mark.parametrize("json_", [True, False])
def test_the_matrix_fails_when_one_gets_through(json_: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the row says so."""
    through = Trial(attack=GENUINE, kind="asean/eform-d", must_be="SIGNATURE-MISSING", was=ACCEPTED)
    with pytest.raises(typer.Exit) as caught:
        report({"asean/eform-d": [through]}, json_)
    assert caught.value.exit_code == 1
    assert ACCEPTED in capsys.readouterr().out

"""Schemas and layout tables say the same, and every schema engine takes the schemas."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from asw_exchange import resources
from asw_exchange.codec import to_bytes
from asw_exchange.codec.table import Attribute, Constant, Content, Leaf, Nested, Node, Within
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import all_corridors
from asw_exchange.testdata import generate
from asw_exchange.validation import load_schema

KINDS = [kind for corridor in all_corridors() for kind in corridor.kinds]
SCHEMAS = sorted(resources.folder("schemas").rglob("*.xsd"))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_schema_compiles_in_both_engines(path: Path) -> None:
    """libxml2 and xmlschema both take it, from local files alone."""
    etree.XMLSchema(file=str(path))
    xmlschema.XMLSchema10(str(path), allow="local")


_INSIDE = (
    "{}",
    "{}<a/>",
    "\n<a/>{}\n<a/>",
    "<a>{}</a>",
    "<a b=''>\n{}</a>",
    "te{}xt",
    "<x xmlns='urn:x'>{}te{}xt</x>",
)
_UNSEEN = ("<?b c?>", "<!--b-->", "<!--b--><?b c?>")


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_comments_and_instructions_change_no_finding(path: Path) -> None:
    """Wherever one stands, under every element that a document may begin with: both engines see none."""
    schema = load_schema(path)
    for root in sorted(schema.roots):
        name = etree.QName(root)
        start, end = f"<r:{name.localname} xmlns:r='{name.namespace}'>", f"</r:{name.localname}>"
        for inside in _INSIDE:
            plain = etree.fromstring(f"<e><e>{start}{inside.replace('{}', '')}{end}</e></e>")
            for unseen in _UNSEEN:
                text = f"<e><e>{start}{inside.replace('{}', unseen)}{end}</e></e>"
                document = etree.fromstring(text)
                assert schema.findings(document[0][0]) == schema.findings(plain[0][0]), text
                assert etree.tostring(document).decode() == text.replace("'", '"')


def element_nodes(nodes: tuple[Node, ...]) -> Iterator[tuple[str, tuple[Node, ...] | None, set[str]]]:
    """(element name, what stands in it, its fixed attributes) of a table, in order."""
    for node in nodes:
        match node:
            case Leaf() | Constant():
                yield local(node.element), None, {local(name) for name, _ in node.attributes}
            case Nested(name, _, record, _):
                yield local(name), record.nodes, set()
            case Within(name, inner):
                yield local(name), inner, set()


def local(name: str) -> str:
    """A name without its prefix or namespace."""
    return name.rpartition(":")[2].rpartition("}")[2]


def assert_same(nodes: tuple[Node, ...], content: xmlschema.XsdType, path: str, *, subset: bool) -> None:
    """The table and the type list the same in the same order; ``subset``: the type may list more."""
    simple = content.is_simple() or content.has_simple_content()
    inside = [] if simple else list(content.content.iter_elements())
    declared = {element.local_name: element for element in inside if element.local_name != "Signature"}
    laid_out = list(element_nodes(nodes))
    names = [name for name, _, _ in laid_out]
    assert names == [name for name in declared if name in names or not subset], path
    attributes = {node.name for node in nodes if isinstance(node, Attribute)}
    known = attributes_of(content)
    assert attributes <= known if subset else attributes == known, path
    assert any(isinstance(node, Content) for node in nodes) == (content.has_simple_content()), path
    for name, inner, fixed in laid_out:
        if inner is not None:
            assert_same(inner, declared[name].type, f"{path}/{name}", subset=subset)
        else:
            known = attributes_of(declared[name].type)
            assert fixed <= known if subset else fixed == known, f"{path}/{name}"


def attributes_of(type_: xmlschema.XsdType) -> set[str]:
    """The names of a type's attributes."""
    return {local(name) for name in getattr(type_, "attributes", {}) if name}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_layout_and_schema_agree(kind: MessageKind) -> None:
    """Every element and attribute of the layout stands in the schema in the same place, and no other.

    A layout of UN/CEFACT's carries a subset of the standard, whose schema allows more.
    """
    schema = xmlschema.XMLSchema10(str(resources.schema(kind.schema)))
    assert schema.target_namespace == kind.layout.namespace
    subset = kind.layout.namespace.startswith("urn:un:unece:uncefact")
    root = kind.layout.root
    assert_same(kind.layout.record.nodes, schema.elements[root].type, root, subset=subset)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_generated_documents_are_valid_in_every_engine(kind: MessageKind, tmp_path: Path) -> None:
    """What we make passes libxml2, xmlschema and xmllint."""
    schema = resources.schema(kind.schema)
    second = xmlschema.XMLSchema10(str(schema))
    files = []
    for number, document in enumerate(generate(kind.name, seed=11, count=12)):
        data = to_bytes(kind.layout.write(document), indent=True)
        assert load_schema(schema).findings(etree.fromstring(data)) == ()
        second.validate(etree.fromstring(data))
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(data)
    if shutil.which("xmllint") is None:
        pytest.skip("xmllint is not installed (Debian: libxml2-utils)")
    done = subprocess.run(
        ["xmllint", "--noout", "--schema", str(schema), *map(str, files)], capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()

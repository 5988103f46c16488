"""The WSDL 1.1 of the hub, SOAP 1.1 document/literal, made from the table of operations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from asw_exchange import resources
from asw_exchange.codec.builder import escape_attribute
from asw_exchange.corridors.new_zealand.hub_names import ENTITIES, SERVICE
from asw_exchange.corridors.new_zealand.hub_operations import OPERATIONS, TYPES, Operation

FAULT = "HubWebException"


def wsdl(address: str) -> bytes:
    """Return the WSDL of a hub that is served at ``address``."""
    return _template().replace("@ADDRESS@", escape_attribute(address)).encode()


@cache
def _template() -> str:
    messages = "".join(_messages())
    ports = "".join(_port(operation) for operation in OPERATIONS)
    bindings = "".join(_binding(operation) for operation in OPERATIONS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="{SERVICE}"\n'
        '    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"\n'
        f'    name="DeliveryService" targetNamespace="{SERVICE}">\n'
        f"<wsdl:types>\n{_entities()}\n{_requests()}\n</wsdl:types>\n{messages}"
        f'<wsdl:portType name="DeliveryPort">\n{ports}</wsdl:portType>\n'
        '<wsdl:binding name="DeliveryBinding" type="tns:DeliveryPort">\n'
        '  <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n'
        f"{bindings}</wsdl:binding>\n"
        '<wsdl:service name="DeliveryService"><wsdl:port name="DeliveryPort" binding="tns:DeliveryBinding">'
        '<soap:address location="@ADDRESS@"/></wsdl:port></wsdl:service>\n</wsdl:definitions>\n'
    )


def _entities() -> str:
    """Return the schema of the entities: the file that validates envelopes, and the other types."""
    text = resources.schema("new-zealand/hub-entities.xsd").read_text(encoding="utf-8")
    schema = text.partition("?>")[2].strip()
    return schema.replace("</xs:schema>", f"{TYPES}</xs:schema>")


def _requests() -> str:
    elements = "".join(_elements(operation) for operation in OPERATIONS)
    fault = f'  <xs:element name="{FAULT}" type="hub:HubWebException"/>\n'
    return (
        f'<xs:schema xmlns:hub="{ENTITIES}" targetNamespace="{SERVICE}" elementFormDefault="qualified">\n'
        f'  <xs:import namespace="{ENTITIES}"/>\n{elements}{fault}</xs:schema>'
    )


def _elements(operation: Operation) -> str:
    parameters = "".join(
        f'<xs:element name="{name}" type="{type_}"{_optional(optional)}/>'
        for name, type_, optional in operation.parameters
    )
    several = ' maxOccurs="unbounded"' if operation.many else ""
    result = (
        f'<xs:element name="{operation.name}Result" type="{operation.result}" minOccurs="0"{several}/>'
        if operation.result
        else ""
    )
    return f"{_element(operation.name, parameters)}{_element(f'{operation.name}Response', result)}"


def _optional(optional: bool) -> str:
    return ' minOccurs="0"' if optional else ""


def _element(name: str, content: str) -> str:
    inside = f"<xs:sequence>{content}</xs:sequence>"
    return f'  <xs:element name="{name}"><xs:complexType>{inside}</xs:complexType></xs:element>\n'


def _messages() -> Iterator[str]:
    for operation in OPERATIONS:
        for name in (operation.name, f"{operation.name}Response"):
            yield _message(name, "parameters")
    yield _message(FAULT, "fault")


def _message(name: str, part: str) -> str:
    return f'<wsdl:message name="{name}"><wsdl:part name="{part}" element="tns:{name}"/></wsdl:message>\n'


def _port(operation: Operation) -> str:
    return (
        f'  <wsdl:operation name="{operation.name}"><wsdl:input message="tns:{operation.name}"/>'
        f'<wsdl:output message="tns:{operation.name}Response"/>'
        f'<wsdl:fault name="{FAULT}" message="tns:{FAULT}"/></wsdl:operation>\n'
    )


def _binding(operation: Operation) -> str:
    body = '<soap:body use="literal"/>'
    fault = f'<wsdl:fault name="{FAULT}"><soap:fault name="{FAULT}" use="literal"/></wsdl:fault>'
    return (
        f'  <wsdl:operation name="{operation.name}"><soap:operation soapAction="{SERVICE}{operation.name}"/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output>"
        f"{fault}</wsdl:operation>\n"
    )

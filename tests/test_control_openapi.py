"""The control API is as its OpenAPI description says, whatever is sent to it: no fault, no surprise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from asw_exchange.server.settings import Settings
from asw_exchange.testing import ControlClient
from asw_exchange.testing.running import running_server

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 10
"""For each operation."""
ENDLESS = "/events"
"""A stream never ends by itself; tests of its own look at it."""


@schemathesis.serializer("application/vnd.sqlite3")
def as_file(context: Any, value: Any) -> bytes:
    """A session is sent as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[ControlClient]:
    """A server that may be left in any state."""
    with running_server(Settings(gateways=("VN", "TH", "KR"))) as client:
        yield client


def test_no_request_finds_a_fault(server: ControlClient) -> None:
    """No status 5xx; every answer has a status, a type and a form that are described."""
    description = schemathesis.openapi.from_url(f"{server.url}/control/openapi.json").exclude(path=ENDLESS)
    operations = [found.ok() for found in description.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        send_anything(operation)


def send_anything(operation: Any) -> None:
    """Send some requests that fit the description of an operation."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        if case.path == "/wait":
            case.query["timeout"] = 0.01
        case.call_and_validate(checks=CHECKS, timeout=60)

    run()


def described_at(url: str) -> Any:
    """The description that stands at an address."""
    with urlopen(f"{url}/openapi.json") as response:
        return json.load(response)


def test_every_resource_is_described_and_told_apart(server: ControlClient) -> None:
    """With a sentence each, a name that no other has, and the form of what goes wrong."""
    names = []
    for path, operations in described_at(f"{server.url}/control")["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (path, method)
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_a_space_has_the_same_resources_but_those_of_spaces(server: ControlClient) -> None:
    """Each description says where it stands."""
    server.create_space("described")
    main = described_at(f"{server.url}/control")
    other = described_at(f"{server.url}/spaces/described/control")
    assert set(main["paths"]) - set(other["paths"]) == {path for path in main["paths"] if "/spaces" in path}
    assert main["servers"] == [{"url": "/control"}]
    assert other["servers"] == [{"url": "/spaces/described/control"}]

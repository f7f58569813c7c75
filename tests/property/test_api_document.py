"""The OpenAPI document against the API: whatever it allows is answered as it says, and nothing gives a server error."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from unit.api.asgi import BEARER, serve

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
SERVED = serve(allowed_hosts=frozenset({"testserver"}))
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", SERVED.app, headers=BEARER)
finite = schema.exclude(path="/api/v1/stream")


@finite.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Case) -> None:
    case.call_and_validate(headers=BEARER, checks=CHECKS)

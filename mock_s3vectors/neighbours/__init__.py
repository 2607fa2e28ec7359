"""Other libraries, seen from inside: their attributes that this package reads or sets, one function for each.

Hardly any of them is public, so any release may rename one. tests/activation/test_neighbours.py tries each
function with the real library: if a release changes something, one test says which function to mend. (A table
of `doors` lists the methods that a mock replaces, and the same tests try those.)

Exceptions: `doors.patches` and `loading`, whose task it is to change other modules, `locks` (those of
Python), and `serving.connections` and `serving.http_server`, which derive from classes of uvicorn and h11.

Neither importing this package nor calling its functions loads a library that nobody uses. The attributes were
seen in boto3 and botocore 1.39.5 to 1.44.8, aiobotocore 2.23.2 to 3.10.0, moto 5.1.9 to 5.2.5, Hypothesis
6.100.0 to 6.170.17 and pytest 8.2.0 to 9.2.0.
"""

from mock_s3vectors.neighbours.clients import (
    add_built_in_handlers,
    credentials_class,
    credentials_of,
    default_session,
    empty_request,
    event_emitter,
    header_items,
    is_async,
    json_serializer,
    library_of_httpx,
    parser_factory,
    parsing_methods,
    send_through,
    service_of,
    set_content,
    set_default_session,
    set_parsing_methods,
    set_request_credentials,
    signature_of,
    validated_attributes,
)
from mock_s3vectors.neighbours.event_loops import (
    is_in_event_loop,
    sleep_in_event_loop,
    unsent_by_tls,
)
from mock_s3vectors.neighbours.moto import (
    MotoCaller,
    MotoKey,
    MotoPolicy,
    moto_caller_of,
    moto_has_kms_keys,
    moto_is_on,
    moto_kms_key,
)
from mock_s3vectors.neighbours.testing import (
    fixture_names,
    has_examples,
    has_failed,
    inner_test,
    is_fixture,
    is_shared_fixture,
    is_state_machine,
    is_unittest_case,
    machine_of,
    run_machine,
    set_fixture_names,
    wrap_examples,
)

__all__ = [
    "MotoCaller",
    "MotoKey",
    "MotoPolicy",
    "add_built_in_handlers",
    "credentials_class",
    "credentials_of",
    "default_session",
    "empty_request",
    "event_emitter",
    "fixture_names",
    "has_examples",
    "has_failed",
    "header_items",
    "inner_test",
    "is_async",
    "is_fixture",
    "is_in_event_loop",
    "is_shared_fixture",
    "is_state_machine",
    "is_unittest_case",
    "json_serializer",
    "library_of_httpx",
    "machine_of",
    "moto_caller_of",
    "moto_has_kms_keys",
    "moto_is_on",
    "moto_kms_key",
    "parser_factory",
    "parsing_methods",
    "run_machine",
    "send_through",
    "service_of",
    "set_content",
    "set_default_session",
    "set_fixture_names",
    "set_parsing_methods",
    "set_request_credentials",
    "signature_of",
    "sleep_in_event_loop",
    "unsent_by_tls",
    "validated_attributes",
    "wrap_examples",
]

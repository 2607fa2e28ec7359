"""The fast client: while a mock is on, clients of s3vectors do not loop over floats in Python.

Most of the time of a large call is botocore's own: it validates and copies a request float by float, writes
it with `json`, and reads a response in the same way. With the option `fast_client`, orjson writes requests
that `plain_requests` finds plain, and `quick_answers` reads responses. Requests are equal as JSON, number for
number; parsed responses are equal. All else takes botocore's own way: a request that is not plain, another
service, a client of a botocore that looks different inside.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mock_s3vectors import neighbours
from mock_s3vectors.doors.clients import options_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import OperationModel

    from mock_s3vectors.doors.plain_requests import PlainRequests
    from mock_s3vectors.doors.quick_answers import QuickAnswers

    Ways = tuple[PlainRequests | None, QuickAnswers | None]

# The fast ways of an operation, there and back.
_WAYS: WeakKeyDictionary[OperationModel, Ways] = WeakKeyDictionary()
_NEITHER: Ways = (None, None)


def write_fast(serialize: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `serialize_to_request`, of a serializer or of the validator around it."""

    @functools.wraps(serialize)
    def serialize_fast(self: Any, parameters: Any, operation_model: Any, *more: Any, **named: Any) -> Any:
        # The context of the call does not come this far. A botocore that gives more is an unknown one.
        requests = None if more or named else _ways_of(operation_model, {})[0]
        request = requests.request(self, parameters, operation_model) if requests else None
        return serialize(self, parameters, operation_model, *more, **named) if request is None else request

    return serialize_fast


def read_fast(do_get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `Endpoint._do_get_response` or `AioEndpoint._do_get_response`, which parse responses."""

    @functools.wraps(do_get_response)
    def do_get_response_fast(
        self: Any, request: Any, operation_model: Any, context: Any, *more: Any, **named: Any
    ) -> Any:
        answers = None if more or named else _ways_of(operation_model, context)[1]
        endpoint = self if answers is None else _QuickEndpoint(self, answers)
        return do_get_response(endpoint, request, operation_model, context, *more, **named)

    return do_get_response_fast


class _QuickEndpoint:
    """Stands in for an endpoint that asks for a parser."""

    def __init__(self, endpoint: Any, answers: QuickAnswers) -> None:
        self._endpoint = endpoint
        self._answers = answers
        # `_do_get_response` asks the factory of its endpoint, so this object is that as well.
        self._response_parser_factory = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._endpoint, name)

    def create_parser(self, *protocol: Any) -> Any:
        """Return the client's own parser, made quick."""
        parser = neighbours.parser_factory(self._endpoint).create_parser(*protocol)
        self._answers.quicken(parser)
        return parser


def _ways_of(operation_model: OperationModel, context: dict[str, Any]) -> Ways:
    """Return the fast ways of an operation, if it is one of s3vectors and the call has the option."""
    if not _is_of_s3vectors(operation_model):
        return _NEITHER
    ways = _WAYS.get(operation_model)
    if ways is None:
        ways = _WAYS[operation_model] = _make_ways(operation_model)
    options = options_of(context)
    return ways if options is not None and options.fast_client else _NEITHER


def _is_of_s3vectors(operation_model: OperationModel) -> bool:
    try:
        return operation_model.service_model.service_name == "s3vectors"
    except Exception:  # noqa: BLE001 - botocore raises one of its own if a model of the user's has no name
        return False


def _make_ways(operation_model: OperationModel) -> Ways:
    # These import orjson, so they wait for the first call.
    from mock_s3vectors.doors.plain_requests import plain_requests  # noqa: PLC0415
    from mock_s3vectors.doors.quick_answers import quick_answers  # noqa: PLC0415

    try:
        return plain_requests(operation_model), quick_answers(operation_model)
    except AttributeError:
        # A botocore whose models look different.
        return _NEITHER

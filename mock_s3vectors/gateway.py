"""The corridor: the way of every request, in reading order.

A door (`doors` for clients in this process, `serving` for HTTP) reads a request, and gives it to
`mocking.stack`. That knows which mock is on, and calls `Gateway.handle`.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import botocore

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.exchange import Exchange
from mock_s3vectors.identity import identify
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.permissions.authorize import authorize
from mock_s3vectors.protocol.model import operation_models
from mock_s3vectors.protocol.parser import RequestParser
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.protocol.serializer import serialize_error, serialize_result
from mock_s3vectors.protocol.validator import Validator
from mock_s3vectors.signatures import authenticate

if TYPE_CHECKING:
    from mock_s3vectors.config import Config
    from mock_s3vectors.exchange import Operation
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.world import World


# Returns the warnings that an exchange gives reason for.
Advise = Callable[[Exchange], tuple[Warning, ...]]
# Turns a wrong use of the mock, or a bug, into an error response, for doors that cannot raise.
Refuse = Callable[["HttpRequest", Exception], ServiceError]


class Gateway:
    """Answers requests as Amazon S3 Vectors would. It holds what the model says, and no state."""

    def __init__(self) -> None:
        models = {model.name: model for model in operation_models()}
        self._router = Router(models.values())
        self._parsers = {name: RequestParser(model) for name, model in models.items()}
        self._validators = {name: Validator(model) for name, model in models.items()}

    def handle(  # noqa: PLR0913, PLR0917 - one door calls it, for all the others
        self,
        request: HttpRequest,
        world: World,
        config: Config,
        refuse: Refuse | None = None,
        retry_delay: float = 0.0,
        advise: Advise | None = None,
    ) -> Exchange:
        """Answer a request, and write down in an exchange what became of it.

        An error of the service is an answer like any other. Any other exception is a wrong use of the
        mock (UsageError) or a bug of ours: `Exchange.answer` raises it, unless `refuse` makes it a response.

        Args:
            request: as its client sent it.
            world: the mocked S3 Vectors that it reaches.
            config: the options that hold for it.
            refuse: turns a wrong use or a bug into an error response; None if the door can raise.
            retry_delay: see `Exchange.retry_delay`.
            advise: looks at the exchange once it is over; None if nobody wants advice.
        """
        caller, began = identify(request, config.account_id, world.identities), world.clock.now()
        exchange = Exchange(
            request,
            began,
            caller,
            stores=world.stores,
            clock=world.clock,
            keys=world.keys,
            config=config,
        )
        exchange.retry_delay = retry_delay
        start = perf_counter()
        try:
            name, path = self._router.route(request.method, request.path)
            exchange.operation = name
            operate = _implementation(name)
            _check_size(request)
            authenticate(exchange, world.identities)
            exchange.params = self._parsers[name].parse(request, path)
            if world.rules.let_pass(exchange):
                self._validators[name].validate(exchange.params)
                authorize(exchange, exchange.params)
                exchange.result = operate(exchange, exchange.params)
            if exchange.result is not None:
                exchange.response = serialize_result(exchange.result)
        except ServiceError as error:
            exchange.error = error
            exchange.response = serialize_error(error)
        except Exception as bug:  # noqa: BLE001 - `answer` raises it
            exchange.error = bug
            if refuse is not None:
                exchange.response = serialize_error(refuse(request, bug))
        exchange.seconds = perf_counter() - start
        if advise is not None:
            exchange.advice = advise(exchange)
        world.journal.add(exchange.record())
        return exchange


def _check_size(request: HttpRequest) -> None:
    """Raise unless the body is at most 20 MiB long.

    Raises:
        ValidationException: it is longer.
    """
    if not request.is_whole or len(request.body) > limits.REQUEST_BYTES:
        raise refusals.request_too_large()


def _implementation(name: str) -> Operation:
    """Return the function behind an operation.

    Raises:
        UsageError: the installed model has this operation, and the mock lacks it.
    """
    operate = OPERATIONS.get(name)
    if operate is None:
        raise UsageError(
            f"mock_s3vectors does not implement {name}, which the installed botocore {botocore.__version__} "
            f"has, so it was not sent anywhere. Implemented: {', '.join(OPERATIONS)}."
        )
    return operate

"""The corridor: the way of every request, in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import botocore

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.identity import identify
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.operations.helpers.call import Call
from mock_s3vectors.protocol.model import operation_models
from mock_s3vectors.protocol.parser import RequestParser
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.protocol.serializer import serialize_error, serialize_result
from mock_s3vectors.protocol.validator import Validator

if TYPE_CHECKING:
    from mock_s3vectors.config import Config
    from mock_s3vectors.messages import HttpRequest, HttpResponse
    from mock_s3vectors.operations import Operation
    from mock_s3vectors.world import Stores


class Gateway:
    """Answers requests as Amazon S3 Vectors would. It holds what the model says, and no state."""

    def __init__(self) -> None:
        models = {model.name: model for model in operation_models()}
        self._router = Router(models.values())
        self._parsers = {name: RequestParser(model) for name, model in models.items()}
        self._validators = {name: Validator(model) for name, model in models.items()}

    def handle(self, request: HttpRequest, stores: Stores, config: Config) -> HttpResponse:
        """The answer to a request.

        An error of the service is an answer like any other. Whatever else is raised is a wrong use
        of the mock (UsageError) or a bug of ours, and leaves as it is.
        """
        name, path = self._router.route(request.method, request.path)
        operate = _implementation(name)
        caller = identify(request, config.account_id)
        try:
            if len(request.body) > limits.REQUEST_BYTES:
                raise refusals.request_too_large()
            params = self._parsers[name].parse(request, path)
            self._validators[name].validate(params)
            result = operate(Call(caller, stores, config), params)
        except ServiceError as error:
            return serialize_error(error)
        return serialize_result(result)


def _implementation(name: str) -> Operation:
    """The function behind an operation.

    Raises:
        UsageError: the installed model has this operation, and the mock has it not.
    """
    operate = OPERATIONS.get(name)
    if operate is None:
        raise UsageError(
            f"mock_s3vectors does not implement {name}, which the installed botocore {botocore.__version__} "
            f"has, so it was not sent anywhere. Implemented: {', '.join(OPERATIONS)}."
        )
    return operate

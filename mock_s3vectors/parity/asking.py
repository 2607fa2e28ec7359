"""The hand of a fact: it makes calls, and compares answers with those expected.

An answer is a plain dict: the result of the operation without botocore's `ResponseMetadata`, or a refusal in
the form of `refusal()`.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from mock_s3vectors.arns import Arn
from mock_s3vectors.parity.comparing import Comparison, refusal, without_fields
from mock_s3vectors.parity.model import check_value, shape_at, unknown_members
from mock_s3vectors.parity.unasked import (
    NotAllowedError,
    SetUpRefusedError,
    UnavailableError,
    is_about_the_caller,
)
from mock_s3vectors.transfer.remote.pacing import PASSING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.awsrequest import AWSPreparedRequest

# What CreateIndex needs besides names; `Asking.index` creates such an index unless a fact says otherwise.
SETTINGS: dict[str, Any] = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
# How long `Asking.until` waits, and between two calls, in seconds.
_LONGEST_WAIT = 60.0
_PAUSE = 3.0
# How often `Asking.settled` makes a call again, and after how many seconds.
_MOST_REPETITIONS, _SETTLES = 3, 2.0
_FAILED = 500
# Of each partition.
_TWO_REGIONS = {
    "aws": ("us-west-2", "us-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
}
# Calls that end so have had no answer of the service.
UNANSWERED = (BotoCoreError, ResponseParserError)


@dataclass(slots=True)
class Asking:
    """The calls of one fact.

    Attributes:
        client: a boto3 client of S3 Vectors.
        unchecked: another one, which sends what botocore's own validation would refuse.
        prefix: the beginning of every name that this fact gives.
        shared_bucket: the vector bucket of the run, for indexes of facts to which the bucket does not matter.
        home: the ARN of the shared bucket.
        comparisons: what was compared so far.
        headers: the headers of the newest response, by their names in lower case.
        unknown: the members of answers that botocore does not know, and therefore leaves out.
        repeated: how many requests botocore has repeated.
        answered: how many calls were answered, by a result or a refusal.
        failed: how many calls were not.
        in_vain: the operations that no fact waits for any more, which all facts of a run share.
    """

    client: Any
    unchecked: Any
    prefix: str
    shared_bucket: str
    home: Arn
    comparisons: list[Comparison] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    repeated: int = 0
    answered: int = 0
    failed: int = 0
    in_vain: set[str] = field(default_factory=set)
    _names: int = 0

    # --- calls

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call, named as in `PutVectors`. An error of the service is returned, as `refusal()`.

        Raises:
            UnknownToBotocoreError: botocore lacks the operation or a parameter.
            NotAllowedError: the policies of the caller do not allow the call.
            UnavailableError: the service asks for patience, or has failed.
        """
        return self._call(self.client, operation, parameters)

    def raw(
        self,
        operation: str,
        body: bytes,
        *,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        once_signed: Callable[[AWSPreparedRequest], object] | None = None,
    ) -> dict[str, Any]:
        """Make a call with a body that botocore would not write, perhaps to another path.

        Args:
            operation: the one whose answer it is read as.
            body: as it is sent.
            path: another one than the operation's.
            headers: more of them, which are signed too.
            once_signed: changes the request after it has been signed.
        """

        def replace(params: dict[str, Any], **_: Any) -> None:
            params["body"] = body
            params["headers"].update(headers or {})
            if path is not None:
                params["url"] = params["url"].replace(params["url_path"], path)

        def change(request: AWSPreparedRequest, **_: Any) -> None:
            if once_signed is not None:
                once_signed(request)

        events = self.unchecked.meta.events
        # These events are more specific than those of the gate and of a mock, so they come first.
        handlers = {
            f"before-call.s3vectors.{operation}": replace,
            f"before-send.s3vectors.{operation}": change,
        }
        for event, handler in handlers.items():
            events.register(event, handler)
        try:
            return self._call(self.unchecked, operation, {})
        finally:
            for event, handler in handlers.items():
                events.unregister(event, handler)

    def until(
        self,
        operation: str,
        ready: Callable[[dict[str, Any]], bool],
        *,
        longest: float = _LONGEST_WAIT,
        **parameters: Any,
    ) -> None:
        """Make a call, again and again with a pause, until its answer is ready, which may be a refusal.

        Once that was in vain, each fact calls once only, until one has its answer: a service that never
        gives it must not take minutes.

        Args:
            operation: the operation.
            ready: whether an answer is the one awaited.
            longest: how long to wait, in seconds.
            **parameters: those of the call.

        Raises:
            SetUpRefusedError: it takes too long.
        """
        end = time.monotonic() + (0 if operation in self.in_vain else longest)
        while not ready(answer := self(operation, **parameters)):
            if time.monotonic() >= end:
                self.in_vain.add(operation)
                shown = f": {answer['error']}: {answer['message']}" if "error" in answer else ""
                raise SetUpRefusedError(f"{operation} does not answer as awaited{shown}")
            time.sleep(_PAUSE)
        self.in_vain.discard(operation)

    def settled(
        self, is_expected: Callable[[dict[str, Any]], bool], operation: str, **parameters: Any
    ) -> dict[str, Any]:
        """Make a call, and a few times again until its answer is as expected; return the last answer.

        This is for what AWS lets take effect within seconds, such as a policy.
        """
        answer = self(operation, **parameters)
        for _ in range(_MOST_REPETITIONS):
            if is_expected(answer):
                break
            time.sleep(_SETTLES)
            answer = self(operation, **parameters)
        return answer

    # --- comparisons

    def expect(self, expected: Any, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call, compare its whole answer, and return that.

        A `fieldList` is compared if one is expected: of most refusals nobody has published whether they
        have one.

        Raises:
            UnknownToBotocoreError: see `__call__`; or botocore lacks a member of the answer expected.
            UnavailableError: see `__call__`.
        """
        self.needs(operation)
        if isinstance(expected, dict) and "error" not in expected:
            check_value(self.client.meta.service_model.operation_model(operation).output_shape, expected)
        answer = self(operation, **parameters)
        is_known = isinstance(expected, dict) and "fieldList" in expected
        self.compare(operation, expected, answer if is_known else without_fields(answer))
        return answer

    def compare(self, asked: str, expected: Any, met: Any) -> None:
        """Note a part of an answer beside the one expected."""
        self.comparisons.append(Comparison(asked, expected, met))

    def needs(self, *paths: str) -> None:
        """Go on only if botocore knows operations and members, as in `GetIndex>index.indexMode`.

        Args:
            paths: see `mock_s3vectors.parity.model.shape_at`.

        Raises:
            UnknownToBotocoreError: it lacks one.
        """
        for path in paths:
            shape_at(self.client.meta.service_model, path)

    # --- who asks, and where

    @property
    def partition(self) -> str:
        """The partition of the caller, such as `aws`."""
        return self.home.partition

    @property
    def region(self) -> str:
        """The Region of the caller."""
        return self.home.region

    @property
    def other_region(self) -> str:
        """Another Region of the same partition, in which nothing of this run is."""
        one, other = _TWO_REGIONS.get(self.partition, _TWO_REGIONS["aws"])
        return other if self.region == one else one

    @property
    def account(self) -> str:
        """The account of the caller."""
        return self.home.account

    def arn(self, bucket: str, index: str | None = None) -> str:
        """Return the ARN of a vector bucket, or of an index in it."""
        return str(Arn(self.partition, self.region, self.account, bucket, index))

    # --- preparations, which are no part of the fact

    def name(self) -> str:
        """Return a new name for a vector bucket or an index."""
        self._names += 1
        return f"{self.prefix}-{self._names}"

    def bucket(self, **parameters: Any) -> str:
        """Create a vector bucket; return its name."""
        name = self.name()
        self.prepare("CreateVectorBucket", vectorBucketName=name, **parameters)
        return name

    def index(self, bucket: str | None = None, **settings: Any) -> dict[str, Any]:
        """Create an index, by default euclidean with two dimensions; return its two names."""
        address = {"vectorBucketName": bucket or self.shared_bucket, "indexName": self.name()}
        self.prepare("CreateIndex", **address, **{**SETTINGS, **settings})
        return address

    def put(self, index: Mapping[str, Any], *records: tuple[Any, ...]) -> None:
        """Put vectors: each a key, its numbers and perhaps its metadata."""
        vectors = [
            {"key": key, "data": {"float32": numbers}, **({"metadata": metadata[0]} if metadata else {})}
            for key, numbers, *metadata in records
        ]
        self.prepare("PutVectors", **index, vectors=vectors)

    def prepare(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call that must succeed before the fact can be asked; return its result.

        Raises:
            SetUpRefusedError: it was refused.
        """
        answer = self(operation, **parameters)
        if "error" in answer:
            raise SetUpRefusedError(f"{operation} was refused: {answer['error']}: {answer['message']}")
        return answer

    def _call(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        self.needs(operation)
        model = client.meta.service_model.operation_model(operation)
        check_value(model.input_shape, parameters)
        event, bodies = f"after-call.s3vectors.{operation}", []

        def keep(http_response: Any, **_: Any) -> None:
            bodies.append(http_response)

        client.meta.events.register(event, keep)
        try:
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            return self._refused(error)
        except UNANSWERED:
            self.failed += 1
            raise
        finally:
            client.meta.events.unregister(event, keep)
        self._note(answer)
        self.answered += 1
        with suppress(ValueError):  # botocore has read the answer in its own way
            self.unknown.update(unknown_members(model.output_shape, json.loads(bodies[-1].content)))
        del answer["ResponseMetadata"]
        return answer

    def _refused(self, error: ClientError) -> dict[str, Any]:
        response: Any = error.response
        self._note(response)
        told, status = response["Error"], response["ResponseMetadata"]["HTTPStatusCode"]
        if told["Code"] in PASSING or status >= _FAILED:
            self.failed += 1
            raise UnavailableError(
                f"{error.operation_name} failed: {told['Code']}: {told['Message']}"
            ) from None
        self.answered += 1
        if is_about_the_caller(told["Code"], told["Message"]):
            raise NotAllowedError(f"{error.operation_name} is denied: {told['Message']}") from None
        fields = [(entry["path"], entry["message"]) for entry in response.get("fieldList", [])]
        return refusal(told["Code"], told["Message"], *fields, status=status)

    def _note(self, response: Any) -> None:
        metadata = response["ResponseMetadata"]
        self.headers = metadata["HTTPHeaders"]
        self.repeated += metadata.get("RetryAttempts", 0)

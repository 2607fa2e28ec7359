"""Removes what a run has made, whatever the service answers meanwhile; and says what it could not remove.

It touches vector buckets with the run's prefix only: the gate of its client refuses all others.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from mock_s3vectors.parity.gate import BoundReachedError
from mock_s3vectors.transfer.remote.pacing import PASSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mock_s3vectors.parity.gate import Amount, Gate

# Between the attempts of a call that fails for now, in seconds.
PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 8.0)
_FAILED = 500
# What keeps botocore or a server from answering; the rest is refused for good.
_LOST = (exceptions.HTTPClientError, exceptions.ConnectionError, ResponseParserError)


class CleaningFailedError(Exception):
    """A resource could not be removed, or the vector buckets could not be listed."""


class CleaningDeniedError(CleaningFailedError):
    """A policy does not allow it, perhaps that of the vector bucket itself."""


class Cleaner:
    """Removes vector buckets and indexes.

    Args:
        client: a client that passes the gate, and repeats no request by itself.
        gate: the gate.
        pauses: the pauses between the attempts of a call, in seconds.

    Attributes:
        left: the vector buckets that could not be removed, and why.
        removed: how many were removed.
    """

    def __init__(self, client: Any, gate: Gate, pauses: Sequence[float] = PAUSES) -> None:
        self._client = client
        self._gate = gate
        self._pauses = pauses
        self._is_patient = True
        self.left: dict[str, str] = {}
        self.removed = 0

    @property
    def passed(self) -> Amount:
        """The requests that have passed."""
        return self._gate.passed

    def sentences(self) -> list[str]:
        """Return a sentence about each vector bucket that could not be removed."""
        return [f"The vector bucket {name} is left: {why}" for name, why in sorted(self.left.items())]

    def remove_index(self, bucket: str, index: str) -> None:
        """Remove an index; it does not matter if it is not there.

        Raises:
            CleaningFailedError: it cannot be removed now.
        """
        self._call("delete_index", vectorBucketName=bucket, indexName=index)

    def remove_bucket(self, bucket: str, indexes: Iterable[str] = ()) -> None:
        """Remove a vector bucket with these indexes, and with others that it turns out to have.

        Raises:
            CleaningFailedError: it cannot be removed now.
        """
        try:
            self._remove_bucket(bucket, indexes)
        except CleaningDeniedError:
            with suppress(CleaningFailedError):  # the reason above tells more
                self._call("delete_vector_bucket_policy", vectorBucketName=bucket)
            self._remove_bucket(bucket, ())

    def _remove_bucket(self, bucket: str, indexes: Iterable[str]) -> None:
        for index in indexes:
            self.remove_index(bucket, index)
        for pause in self._attempts():
            refusal = self._call(
                "delete_vector_bucket", vectorBucketName=bucket, or_refuse="ConflictException"
            )
            if refusal is None:
                self.left.pop(bucket, None)
                self.removed += 1
                return
            for entry in self._pages("list_indexes", "indexes", vectorBucketName=bucket):
                self.remove_index(bucket, entry["indexName"])
            time.sleep(pause)
        raise CleaningFailedError("DeleteVectorBucket says again and again that it is not empty")

    def remove_all(self, known: Iterable[str]) -> None:
        """Remove all vector buckets with the prefix: those that are known, and those that are listed.

        Afterwards, `left` has those that are there still.

        Raises:
            CleaningFailedError: they cannot be listed, so there may be others.
        """
        own = sorted(bucket for bucket in known if bucket.startswith(self._gate.prefix))
        self.left.update(
            (bucket, "this stopped before its turn") for bucket in own if bucket not in self.left
        )
        for bucket in own:
            self._try_to_remove(bucket)
        for entry in list(self._pages("list_vector_buckets", "vectorBuckets", prefix=self._gate.prefix)):
            if entry["vectorBucketName"].startswith(self._gate.prefix):
                self._try_to_remove(entry["vectorBucketName"])

    def _try_to_remove(self, bucket: str) -> None:
        self.left.setdefault(bucket, "this stopped while it was removed")
        try:
            self.remove_bucket(bucket)
        except (CleaningFailedError, BoundReachedError) as error:
            self.left[bucket] = str(error)

    # --- calls

    def _pages(self, operation: str, member: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, whose pages may be empty.

        Raises:
            CleaningFailedError: it cannot be read, or it has no end.
        """
        seen: set[str] = set()
        token: dict[str, str] = {}
        while True:
            page: Any = self._call(operation, **params, **token)
            if not page:  # its vector bucket has gone
                return
            yield from page.get(member, ())
            following = page.get("nextToken")
            if not following:
                return
            if following in seen:
                raise CleaningFailedError(f"{operation} has no end: a token came twice")
            seen.add(following)
            token = {"nextToken": following}

    def _call(self, operation: str, or_refuse: str = "", **params: Any) -> Any:
        """Return an answer; None if there is nothing of that name, or for a deletion that succeeded.

        Args:
            operation: the name of the client's method.
            or_refuse: the code of a refusal that is returned as its text.
            **params: its parameters.

        Raises:
            CleaningFailedError: it is refused for good, or again and again for now.
        """
        reason = ""
        for pause in self._attempts():
            try:
                answer = getattr(self._client, operation)(**params)
            except ClientError as error:
                told = error.response["Error"]
                code, reason = told["Code"], f"{error.operation_name}: {told['Code']}: {told['Message']}"
                if code == "NotFoundException":
                    return None
                if code == or_refuse:
                    return reason
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if code not in PASSING and status < _FAILED:
                    denied = code == "AccessDeniedException"
                    raise (CleaningDeniedError if denied else CleaningFailedError)(reason) from None
            except _LOST as error:
                reason = str(error)
            except Exception as error:  # noqa: BLE001 - whatever botocore makes of an answer, the rest goes on
                raise CleaningFailedError(str(error)) from None
            else:
                self._is_patient = True
                return None if operation.startswith("delete") else answer
            time.sleep(pause)
        # Others are tried once from now on, until one succeeds: the whole must end.
        self._is_patient = False
        raise CleaningFailedError(reason)

    def _attempts(self) -> tuple[float, ...]:
        """Return how long to wait after each attempt, in seconds."""
        return (*(self._pauses if self._is_patient else ()), 0.0)

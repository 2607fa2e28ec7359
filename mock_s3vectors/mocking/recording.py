"""The last calls of a test, whichever mocks answer them, for the report of a test that fails."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Exchange, Params, Record


class Recording:
    """A listener, see `listening`, which keeps the records of the newest calls.

    The calls of one test may reach several mocks, which may end before the test does, or long after it.
    """

    def __init__(self, limit: int) -> None:
        self._records: deque[Record] = deque(maxlen=limit)
        self._count = 0
        self._lock = new_lock()

    def __call__(self, exchange: Exchange) -> None:
        """Keep the record of an exchange that is over."""
        # Only a test that fails needs lines, so they are written then.
        record = exchange.record()
        with self._lock:
            self._records.append(record)
            self._count += 1

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._records.clear()
            self._count = 0

    def recent_calls(self) -> list[str]:
        """Return a line for each of the newest calls, the oldest first, and how many there were before."""
        with self._lock:
            records, left_out = list(self._records), self._count - len(self._records)
        lines = [_line(record) for record in records]
        return [f"({left_out} earlier)", *lines] if left_out else lines


# Longer names are wrong ones, which the service refuses.
_LONGEST_PLACE = 150


def _line(record: Record) -> str:
    from mock_s3vectors.workbench.call import Call  # noqa: PLC0415 - it loads orjson, as calls do

    call = Call(record)
    return " ".join(filter(None, (call.title(), _place(call.params), call.outcome())))


def _place(params: Params) -> str:
    """Return the bucket, and the index in it, that parameters name, as an ARN or by their names."""
    arn = params.get("indexArn") or params.get("vectorBucketArn") or params.get("resourceArn")
    if arn:
        place = str(arn).partition(":bucket/")[2].replace("/index/", "/") or str(arn)
    else:
        place = "/".join(str(params[name]) for name in ("vectorBucketName", "indexName") if name in params)
    return (place if place.isprintable() else repr(place))[:_LONGEST_PLACE]

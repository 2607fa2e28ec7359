"""Vectors on the wire: requests that carry them, written with orjson, and pages of them, read with it.

botocore would look at each float in Python. Its own events let a client do without: the handlers here give a
request its body before it is signed, and take the body of a page before it is parsed.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors import limits
from mock_s3vectors.transfer.batches import BATCH, Batch
from mock_s3vectors.transfer.decimals import to_write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_s3vectors.transfer.batches import Location

_BODY = "_mock_s3vectors_body"
# botocore validates it in the place of those in the body.
_PLACEHOLDER: dict[str, Any] = {"key": "key", "data": {"float32": [0.0]}}
_OK = 200


def quicken(client: Any) -> None:
    """Have a client of boto3 take `vectors=` of PutVectors as a whole body, in bytes, and read pages fast."""
    events = client.meta.events
    events.register("provide-client-params.s3vectors.PutVectors", _take_body)
    events.register("before-call.s3vectors.PutVectors", _send_body)
    events.register("before-parse.s3vectors", _drop_others)
    events.register("before-parse.s3vectors.ListVectors", _read_page)


def _take_body(params: dict[str, Any], context: dict[str, Any], **_: Any) -> dict[str, Any]:
    context[_BODY] = params["vectors"]
    return {**params, "vectors": [_PLACEHOLDER]}


def _send_body(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = context.pop(_BODY)


def _drop_others(response_dict: dict[str, Any], **_: Any) -> None:
    """Drop a body in JSON that is no object, on which botocore fails; pages of HTML it can tell."""
    if response_dict["body"].lstrip()[:1] not in (b"{", b"<"):
        response_dict["body"] = b"{}"


def _read_page(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] != _OK:
        return
    try:
        # orjson takes no class derived from bytes.
        page = orjson.loads(memoryview(response_dict["body"]))
    except orjson.JSONDecodeError:
        return  # botocore reads lone surrogates, and has its own errors for others
    if type(page) is dict:
        customized_response_dict.update(page)
        response_dict["body"] = b"{}"


def bodies(batch: Batch, location: Location) -> Iterator[tuple[Batch, bytes]]:
    """Yield bodies of PutVectors, as long as the service allows, each with its part of a batch."""
    names = {"vectorBucketName": location.bucket, "indexName": location.index}
    head = orjson.dumps(names)[:-1] + b',"vectors":['
    most = limits.REQUEST_BYTES - len(head) - len(b"]}") + len(b",")
    records = [
        _record(key, row, document)
        for key, row, document in zip(batch.keys, to_write(batch.data), batch.metadata, strict=True)
    ]
    start = size = 0
    for end, record in enumerate(records):
        if end > start and (size + len(record) + 1 > most or end - start == BATCH):
            yield batch.part(start, end), head + b",".join(records[start:end]) + b"]}"
            start, size = end, 0
        size += len(record) + 1
    if records:
        yield batch.part(start, len(records)), head + b",".join(records[start:]) + b"]}"


def _record(key: str, row: Any, document: dict[str, Any]) -> bytes:
    record = {"key": key, "data": {"float32": row}}
    if document:
        record["metadata"] = document
    return orjson.dumps(record, option=orjson.OPT_SERIALIZE_NUMPY)


def batch_of(records: Sequence[dict[str, Any]]) -> Batch:
    """Return the vectors of a page, of which there is at least one."""
    vectors = [record["data"]["float32"] for record in records]
    dimension = len(vectors[0])
    floats = np.fromiter(chain.from_iterable(vectors), np.float32, len(records) * dimension)
    return Batch(
        [record["key"] for record in records],
        floats.reshape(len(records), dimension),
        [record.get("metadata", {}) for record in records],
    )

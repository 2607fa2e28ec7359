"""Answers to the page about a search: its hits, and the same query as code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors import limits
from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.operations.query import check_query, describe, find_hits
from mock_s3vectors.protocol.model import service_model
from mock_s3vectors.protocol.parser import reader_of
from mock_s3vectors.protocol.validator import Validator
from mock_s3vectors.serving.page.finding import index_of, row_of, shortened, whole_number
from mock_s3vectors.serving.page.query_code import boto3_code, cli_code
from mock_s3vectors.serving.page.questions import Question
from mock_s3vectors.workbench.documents import check_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Params
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index

# How much of its metadata is shown with a hit, in characters of JSON.
_SHOWN_METADATA = 300


@dataclass(frozen=True, slots=True)
class Query:
    """A query that satisfies the model; the index may still refuse it.

    Attributes:
        index: in which it searches.
        params: those of QueryVectors.
        like: the key whose vector is the query vector; None if the question had a vector of its own, or none.
    """

    index: Index
    params: Params
    like: str | None


def read_query(level: Level, document: Any) -> Query:
    """Return the query of a question.

    Its document has the parameters of QueryVectors as `params`, and may have a key as `like`: the vector of
    that key becomes the query vector.

    Raises:
        ServiceError: as QueryVectors would refuse the parameters.
        UsageError: the document has another form, or no vector has the key.
    """
    if not isinstance(document, dict) or not isinstance(document.get("params"), dict):
        raise UsageError(f"params is missing in {show(document)}: it has the parameters of QueryVectors.")
    read, validate = _model()
    params, like = read(document["params"]), document.get("like")
    if like is not None:
        params["queryVector"] = {"float32": _vector_of(index_of(level, params.get("indexArn")), like)}
    validate(params)
    return Query(index_of(level, params.get("indexArn")), params, like)


def answer_query(level: Level, document: Any) -> dict[str, Any]:
    """Return a page of hits. The whole query is made again for each page: nothing is kept between them."""
    check_names(document, "the question", ("params", "like", "start"))
    query = read_query(level, document)
    index, params = query.index, query.params
    start = whole_number(document, "start", 0, 0, limits.TOP_K)
    began = perf_counter()
    hits = find_hits(index, params, level.config, level.world.clock.now())
    seconds = perf_counter() - began
    vectors = describe(hits, range(len(hits))[start : start + limits.QUERY_PAGE], params)
    for vector in vectors:
        if "metadata" in vector:
            vector.update(shortened(vector["metadata"], _SHOWN_METADATA))
    return {
        "vectors": vectors,
        "start": start,
        "total": len(hits),
        "distanceMetric": index.distance_metric,
        "seconds": seconds,
    }


def answer_code(level: Level, document: Any) -> dict[str, str]:
    """Return a query as code, for the server at the address `endpoint`.

    Raises:
        ServiceError: as QueryVectors would refuse the query.
    """
    check_names(document, "the question", ("params", "like", "endpoint"))
    query = read_query(level, document)
    endpoint = document.get("endpoint")
    if not isinstance(endpoint, str) or not endpoint.startswith(("http://", "https://")):
        raise UsageError(f"endpoint is {show(endpoint)}: it must be the address of the server.")
    with query.index.lock:
        check_query(query.index, query.params, level.world.clock.now())
    arn, params = query.index.arn, query.params
    return {"boto3": boto3_code(arn, params, endpoint, query.like), "cli": cli_code(arn, params, endpoint)}


@cache
def _model() -> tuple[Callable[[Any], Params], Callable[[Params], None]]:
    """Return functions that read and check parameters of QueryVectors."""
    model = service_model()
    validator = Validator(model.operation_model("QueryVectors"))
    return reader_of(model.shape_for("QueryVectorsInput")), validator.validate


def _vector_of(index: Index, key: object) -> list[float]:
    """Return the vector of a key with as few digits as float32 needs.

    Raises:
        UsageError: there is none.
    """
    with index.lock:
        table = index.vectors
        digits = orjson.dumps(table.matrix[row_of(index, table, key)], option=orjson.OPT_SERIALIZE_NUMPY)
    vector: list[float] = orjson.loads(digits)
    return vector


QUERYING: tuple[Question, ...] = (
    Question("POST", "/query", answer_query),
    Question("POST", "/query/code", answer_code),
)

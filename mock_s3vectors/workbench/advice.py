"""Advice: what works here and hurts on AWS, seen in exchanges that are over.

A mock that was asked for advice shows each of its exchanges to an Adviser, and asks it once more when it
ends. The texts are in `advice_texts`, the classes in `errors`. An adviser changes nothing that calls see.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from mock_s3vectors import limits
from mock_s3vectors.errors.exceptions import ServiceError
from mock_s3vectors.filtering import compile_filter
from mock_s3vectors.locks import new_lock
from mock_s3vectors.operations.helpers.addressing import addressed_index, addressed_vector_bucket
from mock_s3vectors.workbench import advice_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from mock_s3vectors.errors.exceptions import S3VectorsAdvice
    from mock_s3vectors.exchange import Exchange, Params, Result
    from mock_s3vectors.filtering import IdleCondition
    from mock_s3vectors.world import Index

# A filter that names more keys than a vector can have is left alone, to be quick.
_MOST_FILTER_KEYS = limits.METADATA_KEYS
# How many vectors to search for the name that a misspelt key may mean.
_SAMPLE = 1_000
# How many tokens to remember, the newest.
_MOST_TOKENS = 10_000

_LARGE = limits.FILTERABLE_METADATA_BYTES // 2
# The bytes that AWS counts for metadata as a whole, and for each entry besides its key and value.
_OBJECT, _ENTRY = 4, 8
_MOST_BYTES_OF_A_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that succeeded, whose client sees the answer.

    Attributes:
        operation: its name.
        params: its parameters.
        result: its output.
        index: the index that it names; None if it names none, or one that is gone.
        place: the index or the bucket in the words of a message: `bucket/index`; empty if it names none.
    """

    operation: str
    params: Params
    result: Result
    index: Index | None
    place: str


@dataclass(frozen=True, slots=True)
class _Page:
    """A page whose `nextToken` no call has used with success so far.

    Attributes:
        operation: the name of the operation.
        place: see `_Call`.
        number: 1 for the first page of a list or a query; more than 1 if only that is known.
        reads_all: whether this page and all before it had the metadata of a whole index.
        was_tried: whether a call that failed has used the token.
    """

    operation: str
    place: str
    number: int
    reads_all: bool
    was_tried: bool = False


class Adviser:
    """Advises one mock, from its beginning to its end: once for each index and reason.

    An index that is deleted and made again is another one.
    """

    def __init__(self) -> None:
        self._lock = new_lock()
        self._given: WeakKeyDictionary[Index, set[Hashable]] = WeakKeyDictionary()
        self._small_puts: WeakKeyDictionary[Index, int] = WeakKeyDictionary()
        self._open: dict[str, _Page] = {}  # by token, the newest last

    def look(self, exchange: Exchange) -> tuple[S3VectorsAdvice, ...]:
        """Return the advice that an exchange gives reason for. It is over, and no lock is held.

        There is none for a failed call, nor for one whose answer gets lost.
        """
        looks = self._LOOKS.get(exchange.operation or "", ())
        found: list[S3VectorsAdvice] = []
        if exchange.error is not None or exchange.lost is not None:
            self._note_try((exchange.params or {}).get("nextToken"))
        elif looks:
            # An answer that a test has made up may belong to a request that nobody has checked.
            with suppress(ServiceError):
                call = _call_of(exchange)
                for look in looks:
                    found.extend(look(self, call))
        return tuple(found)

    def at_end(self) -> tuple[S3VectorsAdvice, ...]:
        """Return the advice that can be given only when the mock ends. A second time, there is none."""
        with self._lock:
            pages, self._open = list(self._open.values()), {}
        unused = (page for page in pages if page.number == 1 and not page.was_tried)
        firsts = dict.fromkeys((page.operation, page.place) for page in unused)
        return tuple(advice_texts.unused_next_token(*first) for first in firsts)

    def _note_try(self, token: str | None) -> None:
        """Note that a call used a token, and that its client has no answer. It may call again."""
        with self._lock:
            page = self._open.get(token or "")
            if token is not None and page is not None:
                self._open[token] = replace(page, was_tried=True)

    def _is_new(self, index: Index, *advice: Hashable) -> bool:
        """Return whether an index did not get this advice before, and note that it gets it now."""
        with self._lock:
            given = self._given.setdefault(index, set())
            is_new = advice not in given
            given.add(advice)
        return is_new

    def _look_at_filter(self, call: _Call) -> Iterator[S3VectorsAdvice]:
        """Yield advice for metadata keys that the index lacks, and for operands of another type."""
        index, params = call.index, call.params
        if index is None or "filter" not in params or "nextToken" in params:
            return
        for condition in _idle_conditions(index, params):
            key, found = condition.key, condition.found
            if found and self._is_new(index, "type", key):
                yield advice_texts.filter_type(call.place, key, condition.wanted, found)
            elif not found and self._is_new(index, "key", key):
                yield advice_texts.unknown_filter_key(call.place, key, _some_keys(index))

    def _look_at_texts(self, call: _Call) -> Iterator[S3VectorsAdvice]:
        """Yield advice for each filterable key with a large text."""
        index = call.index
        if index is None:
            return
        non_filterable = index.non_filterable_keys
        for record in call.params.get("vectors", ()):
            key, size = _large_text(record.get("metadata"), non_filterable)
            if size and self._is_new(index, "text", key):
                yield advice_texts.large_filterable_text(call.place, key, size)

    def _look_at_puts(self, call: _Call) -> Iterator[S3VectorsAdvice]:
        """Yield advice when an index got the last one of many requests with few vectors."""
        index, records = call.index, call.params.get("vectors", ())
        if index is None or len(records) > advice_texts.FEW_VECTORS:
            return
        with index.lock:
            table = index.vectors
            size = sum(table.sizes[row][0] for row in table.rows_of(record.get("key") for record in records))
        if size >= advice_texts.BILLED_BYTES:
            return
        with self._lock:
            self._small_puts[index] = puts = self._small_puts.get(index, 0) + 1
        if puts == advice_texts.MANY_PUTS:
            yield advice_texts.small_puts(call.place)

    def _look_at_pages(self, call: _Call) -> Iterator[S3VectorsAdvice]:
        """Note tokens that were issued and used. Yield advice if this was the last page of a whole index."""
        token, more = call.params.get("nextToken"), call.result.get("nextToken")
        with self._lock:
            before = None if token is None else self._open.pop(token, None)
            page = _page_of(call, before)
            if more is not None:
                self._open[more] = page
                if len(self._open) > _MOST_TOKENS:
                    del self._open[next(iter(self._open))]
        is_whole = more is None and page.number > 1 and page.reads_all
        if is_whole and call.index is not None and self._is_new(call.index, "listed"):
            yield advice_texts.whole_index_listed(call.place, page.number)

    _LOOKS: ClassVar[dict[str, tuple[Callable[[Adviser, _Call], Iterator[S3VectorsAdvice]], ...]]] = {
        "ListIndexes": (_look_at_pages,),
        "ListVectorBuckets": (_look_at_pages,),
        "ListVectors": (_look_at_pages,),
        "PutVectors": (_look_at_texts, _look_at_puts),
        "QueryVectors": (_look_at_filter, _look_at_pages),
    }


def _call_of(exchange: Exchange) -> _Call:
    """Return the call of a successful exchange.

    Raises:
        ServiceError: it names no bucket or index, and its operation needs one.
    """
    operation, params, result = exchange.operation or "", exchange.params or {}, exchange.result or {}
    index, place = None, ""
    if operation == "ListIndexes":
        place = addressed_vector_bucket(exchange, params).arn.bucket
    elif operation != "ListVectorBuckets":
        found = addressed_index(exchange, params)
        bucket = found.store.vector_buckets.get(found.arn.bucket)
        index = bucket.indexes.get(found.arn.index or "") if bucket else None
        place = f"{found.arn.bucket}/{found.arn.index}"
    return _Call(operation, params, result, index, place)


def _page_of(call: _Call, before: _Page | None) -> _Page:
    """Return the page of a call; `before` is the page whose token it used, if that is known."""
    params = call.params
    is_first = "nextToken" not in params
    # With data, it is a copy; in segments, it is known to be a long way.
    reads_all = (
        call.operation == "ListVectors"
        and bool(params.get("returnMetadata"))
        and not params.get("returnData")
        and params.get("segmentCount", 1) == 1
        and (is_first or (before is not None and before.reads_all))
    )
    number = 1 if is_first else (before.number if before else 1) + 1
    return _Page(call.operation, call.place, number, reads_all)


def _idle_conditions(index: Index, params: Params) -> list[IdleCondition]:
    """Return the conditions of a query's filter that cannot match; in an empty index, all is well.

    Raises:
        ServiceError: the filter is refused.
    """
    mode = params.get("queryMode", index.mode)
    matching = compile_filter(params["filter"], enhanced=mode == "ENHANCED")
    if len(matching.keys) > _MOST_FILTER_KEYS:
        return []
    with index.lock:
        table = index.vectors
        return table.idle_conditions(matching) if len(table) else []


def _some_keys(index: Index) -> set[str]:
    """Return metadata keys of an index: those of its first vectors."""
    with index.lock:
        return set().union(*index.vectors.metadata[:_SAMPLE])


def _large_text(metadata: Any, non_filterable: frozenset[str]) -> tuple[str, int]:
    """Return the key and the bytes of the text that fills most of a large filterable part; else 0 bytes."""
    if type(metadata) is not dict:
        return "", 0
    texts = {
        key: value for key, value in metadata.items() if type(value) is str and key not in non_filterable
    }
    # Most texts are short, and to count their bytes takes time.
    if max(map(len, texts.values()), default=0) * _MOST_BYTES_OF_A_CHARACTER < _LARGE // 2:
        return "", 0
    sizes = {key: len(text.encode()) for key, text in texts.items()}
    total = _OBJECT + sum(_ENTRY + len(key.encode()) + size for key, size in sizes.items())
    largest = max(sizes, key=sizes.__getitem__)
    return (largest, sizes[largest]) if total >= _LARGE and 2 * sizes[largest] >= total else ("", 0)

"""Reading the arguments of `seed`: each is checked for what Python can hold and JSON cannot, and copied once.

The service's own rules are checked later, in `seeding`. A wrong type is a wrong use of the mock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from botocore.validate import ParamValidator

from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.operations.helpers.records import vector_faults
from mock_s3vectors.protocol.model import service_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mock_s3vectors.world import Index

_REAL = "fiu"  # the kinds of numpy types that hold real numbers
_NUMBERS = (int, float, np.integer, np.floating)
_ADVICE = "Give an array of shape (n, d), or a list with a list or an array of numbers for each vector."


@dataclass(frozen=True)
class Vectors:
    """Vectors as they were given.

    Attributes:
        data: shape (vectors, width), C-contiguous; only those before the first odd one.
        count: how many vectors were given.
        width: how long the first of them is; None if that is unknown, because there is none.
        odd: the row of the first vector of another length, and that length.
    """

    data: NDArray[np.float32]
    count: int
    width: int | None
    odd: tuple[int, int] | None = None

    def faults(self, index: Index) -> dict[int, str]:
        """Return, by row, why an index refuses vectors; good rows, and those after an odd one, are absent."""
        if self.width is None:
            return {}
        if self.width != index.dimension:
            return {0: refusals.vector_length(index.dimension, self.width)} if self.count else {}
        faults = vector_faults(self.data, index.distance_metric)
        if self.odd is not None:
            row, length = self.odd
            faults[row] = refusals.vector_length(index.dimension, length)
        return faults


def read_vectors(vectors: Any) -> Vectors:
    """Return vectors as float32, in memory of their own; numbers beyond float32 become infinite.

    Raises:
        UsageError: they are not an array of shape (n, d), or lists of numbers.
    """
    if hasattr(vectors, "__array__"):
        _check_unmasked(vectors, "vectors")
        return _read_array(np.asarray(vectors))
    if isinstance(vectors, (str, bytes, Mapping)) or not isinstance(vectors, Iterable):
        raise UsageError(f"vectors is of type {type(vectors).__name__}. {_ADVICE}")
    rows = [_checked_row(row, number) for number, row in enumerate(vectors)]
    if not rows:
        return Vectors(np.zeros((0, 0), np.float32), 0, None)
    width = len(rows[0])
    fitting = next((number for number, row in enumerate(rows) if len(row) != width), len(rows))
    data = np.empty((fitting, width), np.float32)
    with np.errstate(over="ignore", under="ignore"):
        for number, row in enumerate(rows[:fitting]):
            _fill(data[number], row)
    odd = (fitting, len(rows[fitting])) if fitting < len(rows) else None
    return Vectors(data, len(rows), width, odd)


def _fill(place: NDArray[np.float32], row: Any) -> None:
    try:
        place[:] = row
    except OverflowError:  # an int beyond all floats
        place[:] = np.inf


def _read_array(array: NDArray[Any]) -> Vectors:
    if array.ndim != 2:  # noqa: PLR2004 - a matrix
        raise UsageError(f"vectors has shape {array.shape}. {_ADVICE}")
    if array.dtype.kind not in _REAL:
        raise UsageError(
            f"vectors has dtype {array.dtype}, which is not one of real numbers: "
            "convert it first, as in vectors.astype('float32')."
        )
    with np.errstate(over="ignore", under="ignore"):
        data = np.array(array, np.float32, order="C", copy=True)
    return Vectors(data, *data.shape)


def _check_unmasked(array: Any, name: str) -> None:
    """Raise if an array has masked entries, behind which anything may be.

    Raises:
        UsageError: it has.
    """
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        raise UsageError(
            f"{name} has masked entries, which no vector can have: fill them, as in array.filled(0)."
        )


def _checked_row(row: Any, number: int) -> Any:
    """Return a vector, if it is an array, list or tuple of numbers."""
    if hasattr(row, "__array__") and not isinstance(row, np.generic):
        _check_unmasked(row, f"vectors[{number}]")
        row = np.asarray(row)
        if row.ndim == 1 and row.dtype.kind in _REAL:
            return row
        raise UsageError(
            f"vectors[{number}] is an array of shape {row.shape} and dtype {row.dtype}. {_ADVICE}"
        )
    if not isinstance(row, (list, tuple)):
        raise UsageError(f"vectors[{number}] is {refusals.shorten(repr(row))}. {_ADVICE}")
    # The types are collected at C speed: most often there is one.
    for kind in set(map(type, row)):
        if not issubclass(kind, _NUMBERS) or kind is bool:
            raise UsageError(f"vectors[{number}] holds a value of type {kind.__name__}. {_ADVICE}")
    return row


def read_keys(keys: Any, count: int) -> list[str]:
    """Return one key for each vector: those that were given, else "0", "1", and so on.

    Raises:
        UsageError: they are no texts, or not as many as the vectors.
    """
    if keys is None:
        return list(map(str, range(count)))
    texts = read_texts("keys", keys)
    _check_count("keys", len(texts), count)
    return texts


def read_texts(name: str, texts: Any) -> list[str]:
    """Return the texts of an argument as plain ones.

    Raises:
        UsageError: it is itself a text, or holds others than texts, or texts that UTF-8 cannot write.
    """
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        raise UsageError(f"{name}={refusals.shorten(repr(texts))}: give a list of str.")
    plain = list(texts)
    if not {str}.issuperset(map(type, plain)):
        plain = [_plain(text, f"{name}[{number}]") for number, text in enumerate(plain)]
    try:
        "".join(plain).encode()
    except UnicodeEncodeError:
        raise UsageError(f"{name} has a text with a lone surrogate, which UTF-8 cannot write.") from None
    return plain


def _plain(text: Any, name: str) -> str:
    """Return a text, also one of a subclass of str, such as numpy's."""
    if not isinstance(text, str):
        raise UsageError(f"{name} is {refusals.shorten(repr(text))}, not a str.")
    return str.__str__(text)


def read_text_search(text_search: Any) -> dict[str, str | None]:
    """Return the languages by metadata key; None for a key without a language.

    Raises:
        UsageError: it is neither a list of keys nor a mapping of keys to languages.
    """
    if not isinstance(text_search, Mapping):
        return dict.fromkeys(read_texts("text_search", text_search))
    keys = read_texts("text_search", text_search)
    languages = [
        None if language is None else _plain(language, f"text_search[{key!r}]")
        for key, language in zip(keys, text_search.values(), strict=True)
    ]
    return dict(zip(keys, languages, strict=True))


def read_metadata(metadata: Any, count: int) -> list[Any] | None:
    """Return the metadata of each vector as the service would get it through JSON; None if there is none.

    Raises:
        UsageError: it is not a list with as many entries as vectors, or boto3 would refuse to send it.
    """
    if metadata is None:
        return None
    if isinstance(metadata, (str, bytes, Mapping)) or not isinstance(metadata, Iterable):
        raise UsageError(
            f"metadata is of type {type(metadata).__name__}: "
            "give a list with a dict, or None, for each vector."
        )
    documents = [{} if document is None else document for document in metadata]
    _check_count("metadata", len(documents), count)
    validator, shape = ParamValidator(), _metadata_shape()
    return [_sent(document, number, validator, shape) for number, document in enumerate(documents)]


def _metadata_shape() -> Any:
    shape: Any = service_model().operation_model("PutVectors").input_shape
    return shape.members["vectors"].member.members["metadata"]


def _sent(document: Any, number: int, validator: ParamValidator, shape: Any) -> Any:
    """Return what the service reads of a document that botocore checks and writes."""
    report = validator.validate(document, shape)
    if report.has_errors():
        raise UsageError(f"boto3 refuses metadata[{number}]: {report.generate_report()}")
    try:
        return orjson.loads(json.dumps(document))
    except (TypeError, ValueError) as error:  # a key that is no text; NaN, infinity, a lone surrogate
        raise UsageError(
            f"metadata[{number}] cannot be sent as JSON, which the service refuses with "
            f"SerializationException: {error}"
        ) from None


def _check_count(name: str, given: int, count: int) -> None:
    if given != count:
        raise UsageError(
            f"{name} has length {given:,}, but vectors has length {count:,}: give one for each vector."
        )

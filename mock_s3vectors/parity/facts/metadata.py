"""Facts about metadata: its values, and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import expect_text, members_of, record
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.answers import Index
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Metadata")

VALUE = "Metadata values must be strings, numbers, booleans, or arrays"
ARRAY_VALUE = "Metadata array values must be strings or numbers"
EMPTY_ARRAY = "Empty arrays are not allowed in metadata"
TOO_MANY_KEYS = "Metadata object must have at most 50 keys"
FILTERABLE_TOO_LARGE = "Filterable metadata must have at most 2048 bytes"
TOO_LARGE = "Metadata object must have at most 40960 bytes"


def bulky(ask: Asking) -> Index:
    """Create an index in which no filter may read the key `bulk`."""
    return ask.index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})


def expect_stored(ask: Asking, index: Index, metadata: Any) -> None:
    """Put a vector with this metadata, and expect that it is accepted."""
    ask.expect({}, "PutVectors", **index, vectors=[record("a", [1, 2], metadata)])


def expect_refused(ask: Asking, index: Index, metadata: Any, reason: str) -> None:
    """Put a vector with this metadata, and expect that it is refused."""
    answer = refusal(
        "ValidationException", f"Invalid record for key 'a': {reason}", ("vectors[0].metadata", reason)
    )
    ask.expect(answer, "PutVectors", **index, vectors=[record("a", [1, 2], metadata)])


def expect_full(ask: Asking, metadata: dict[str, Any]) -> None:
    """Expect that metadata has exactly the 2,048 bytes of which `f`, its last text, fills the rest."""
    index = ask.index()
    expect_stored(ask, index, metadata)
    expect_refused(ask, index, {**metadata, "f": metadata["f"] + "x"}, FILTERABLE_TOO_LARGE)


# --- values


@facts("metadata-values", "documented", "Strings, numbers, booleans and arrays come back as they were put.")
def _(ask: Asking) -> None:
    index = ask.index()
    metadata: dict[str, Any] = {
        "string": "Zoë 🚀",
        "empty": "",
        "whole": 1,
        "part": 1.5,
        "negative": -0.1,
        "true": True,
        "false": False,
        "strings": ["a", "", "a"],
        "numbers": [1, 2.5, -3],
    }
    expect_stored(ask, index, metadata)
    answer = ask("GetVectors", **index, keys=["a"], returnMetadata=True)
    ask.compare("the metadata", {"a": metadata}, members_of(answer, "metadata"))


@facts("metadata-keys", "seen", "A key of metadata may be empty, `$eq`, `a.b`, or 1,024 characters long.")
def _(ask: Asking) -> None:
    index = ask.index()
    records = {"a": {"": "v", "$eq": "v", "a.b": "v"}, "b": {"k" * 1024: "v"}}
    vectors = [record(key, [1, 2], metadata) for key, metadata in records.items()]
    ask.expect({}, "PutVectors", **index, vectors=vectors)
    answer = ask("GetVectors", **index, keys=["a", "b"], returnMetadata=True)
    ask.compare("the metadata", records, members_of(answer, "metadata"))


@facts("metadata-nested", "seen", "An object and null are refused as values of metadata.")
def _(ask: Asking) -> None:
    index = ask.index()
    for value in ({"a": 1}, {}, None):
        expect_refused(ask, index, {"f": value}, VALUE)


@facts(
    "metadata-array-values",
    "seen",
    "Arrays of booleans, objects or arrays, and of strings and numbers together, are refused.",
)
def _(ask: Asking) -> None:
    index = ask.index()
    for value in ([True], [{"a": 1}], [["a"]], [1, "a"]):
        expect_refused(ask, index, {"f": value}, ARRAY_VALUE)


@facts("metadata-empty-array", "seen", "An empty array is refused as a value of metadata.")
def _(ask: Asking) -> None:
    index = ask.index()
    expect_refused(ask, index, {"f": []}, EMPTY_ARRAY)


@facts("metadata-rules-everywhere", "seen", "The rules about values hold for non-filterable keys too.")
def _(ask: Asking) -> None:
    index = bulky(ask)
    expect_refused(ask, index, {"bulk": {"a": 1}}, VALUE)
    expect_refused(ask, index, {"bulk": [True]}, ARRAY_VALUE)
    expect_refused(ask, index, {"bulk": []}, EMPTY_ARRAY)


@facts("metadata-no-object", "seen", "Metadata that is no object is refused.")
def _(ask: Asking) -> None:
    index = ask.index()
    documents: tuple[Any, ...] = ("text", 1, [], True)
    for metadata in documents:
        vectors = [record("a", [1, 2], metadata)]
        expect_text(ask, "Metadata must be an object", "PutVectors", **index, vectors=vectors)


@facts(
    "metadata-large-integers",
    "choice",
    "An integer of more than 64 bits in metadata comes back as the nearest float64.",
    choices=("large-integers",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    expect_stored(ask, index, {"large": 2**64 + 1})
    answer = ask("GetVectors", **index, keys=["a"], returnMetadata=True)
    ask.compare("the metadata", {"a": {"large": 2.0**64}}, members_of(answer, "metadata"))


# --- size


@facts("metadata-50-keys", "seen", "Metadata has 50 keys at most.")
def _(ask: Asking) -> None:
    index = ask.index()
    metadata = {f"k{number}": number for number in range(51)}
    expect_refused(ask, index, metadata, TOO_MANY_KEYS)
    del metadata["k50"]
    expect_stored(ask, index, metadata)


@facts(
    "metadata-2048-bytes", "seen", "Filterable metadata has 2,048 bytes at most: 2,035 for a text under `f`."
)
def _(ask: Asking) -> None:
    expect_full(ask, {"f": "x" * 2035})


@facts(
    "metadata-40960-bytes",
    "seen",
    "All metadata of a vector has 40,960 bytes at most: 40,944 for a text under the key `bulk`.",
)
def _(ask: Asking) -> None:
    index = bulky(ask)
    expect_stored(ask, index, {"bulk": "x" * 40_944})
    expect_refused(ask, index, {"bulk": "x" * 40_945}, TOO_LARGE)


@facts("metadata-bytes-of-both", "seen", "Filterable metadata counts among the 40,960 bytes too.")
def _(ask: Asking) -> None:
    index = bulky(ask)
    metadata = {"f": "x" * 2035, "bulk": "x" * (40_944 - 9 - 2035)}
    expect_stored(ask, index, metadata)
    expect_refused(ask, index, {**metadata, "bulk": metadata["bulk"] + "x"}, TOO_LARGE)


@facts("metadata-bytes-of-bulk", "seen", "Non-filterable metadata does not count among the 2,048 bytes.")
def _(ask: Asking) -> None:
    index = bulky(ask)
    metadata = {"bulk": "x" * 9000, "f": "x" * 2035}
    expect_stored(ask, index, metadata)
    expect_refused(ask, index, {**metadata, "f": "x" * 2036}, FILTERABLE_TOO_LARGE)


@facts("metadata-bytes-of-strings", "seen", "A string counts by its bytes in UTF-8.")
def _(ask: Asking) -> None:
    expect_full(ask, {"f": "ä" * 1016 + "€"})


@facts("metadata-bytes-of-keys", "seen", "A key of metadata counts by its bytes in UTF-8, and 8 more.")
def _(ask: Asking) -> None:
    expect_full(ask, {"ä€": "", "f": "x" * 2022})


@facts("metadata-bytes-of-numbers", "seen", "A number counts 4 bytes, whatever it is.")
def _(ask: Asking) -> None:
    expect_full(ask, {"n": 0.123456789, "m": 2**53, "f": "x" * 2009})


@facts("metadata-bytes-of-booleans", "seen", "A boolean counts no bytes.")
def _(ask: Asking) -> None:
    expect_full(ask, {"b": True, "c": False, "f": "x" * 2017})


@facts("metadata-bytes-of-arrays", "seen", "An element of an array counts 4 bytes more than its value.")
def _(ask: Asking) -> None:
    expect_full(ask, {"s": ["", "ä"], "n": [1, 0.5, 2], "f": "x" * (2035 - 9 - 10 - 9 - 24)})

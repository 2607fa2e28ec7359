"""PutVectors: what metadata may be, and how large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import stored, vector
from tests.support.refusals import BAD_VALUE, FILTERABLE_TOO_LARGE, NO_OBJECT, bad_record

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

ARRAY_VALUE = "Metadata array values must be strings or numbers"
EMPTY_ARRAY = "Empty arrays are not allowed in metadata"
TOO_MANY_KEYS = "Metadata object must have at most 50 keys"
TOO_LARGE = "Metadata object must have at most 40960 bytes"


def metadata_of(client: Client, index: dict[str, str], key: str) -> Any:
    _, metadata = stored(client, index, key)[key]
    return metadata


@pytest.fixture
def bulky(make_index: MakeIndex) -> dict[str, str]:
    """An index with the non-filterable keys `bulk` and `text`."""
    return make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk", "text"]})


class TestValues:
    def test_come_back_as_they_were(self, client: Client, index: dict[str, str]) -> None:
        metadata = {
            "string": "Zoë \N{ROCKET}",
            "empty": "",
            "integer": 1,
            "float": 1.5,
            "whole": 2.0,
            "double": 0.1,
            "large": 2**53,
            "true": True,
            "false": False,
            "strings": ["a", "", "a"],
            "numbers": [1, 2.5, -3],
        }
        client.put_vectors(**index, vectors=[vector("k", **metadata)])
        found = metadata_of(client, index, "k")
        # By their text, because Python takes true for 1 and 2 for 2.0.
        assert {key: repr(value) for key, value in found.items()} == {
            key: repr(value) for key, value in metadata.items()
        }

    @pytest.mark.parametrize("key", ["", "$eq", "a.b", "k" * 1024, " ", "ключ"])
    def test_have_any_key(self, client: Client, index: dict[str, str], key: str) -> None:
        client.put_vectors(**index, vectors=[{**vector("k"), "metadata": {key: "v"}}])
        assert metadata_of(client, index, "k") == {key: "v"}

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (None, BAD_VALUE),
            ({}, BAD_VALUE),
            ({"a": 1}, BAD_VALUE),
            ([True], ARRAY_VALUE),
            ([None], ARRAY_VALUE),
            ([{"a": 1}], ARRAY_VALUE),
            ([["a"]], ARRAY_VALUE),
            ([[]], ARRAY_VALUE),
            ([1, "a"], ARRAY_VALUE),
            (["a", 1.5], ARRAY_VALUE),
            ([1, True], ARRAY_VALUE),
            (["a", None], ARRAY_VALUE),
            ([], EMPTY_ARRAY),
        ],
        ids=str,
    )
    def test_refused_whether_filterable_or_not(
        self, client: Client, bulky: dict[str, str], refused: Refused, value: Any, reason: str
    ) -> None:
        for key in ("f", "bulk"):
            records = [vector("good"), vector("bad", **{"a": 1, key: value})]
            answer = refused(client.put_vectors, **bulky, vectors=records)
            assert answer == bad_record("bad", "vectors[1].metadata", reason)
        assert client.list_vectors(**bulky)["vectors"] == []

    @pytest.mark.parametrize("metadata", ["text", "", 1, 1.5, True, [], [{"a": 1}]], ids=repr)
    def test_stand_in_an_object(
        self, client: Client, index: dict[str, str], refused: Refused, metadata: Any
    ) -> None:
        record = {**vector("k"), "metadata": metadata}
        assert refused(client.put_vectors, **index, vectors=[record]) == NO_OBJECT

    def test_are_nothing_when_left_out(self, client: Client, index: dict[str, str]) -> None:
        records = [vector("a"), {**vector("b"), "metadata": {}}]
        client.put_vectors(**index, vectors=records)
        assert [metadata_of(client, index, key) for key in "ab"] == [{}, {}]


def keys(count: int) -> dict[str, Any]:
    return {f"k{number}": number for number in range(count)}


# Metadata of exactly 2,048 bytes: 4 + sum of (8 + bytes of the key + value).
FULL = {
    "string": {"f": "x" * 2035},
    "multi-byte string": {"f": "ä" * 1016 + "€"},
    "four-byte string": {"f": "\N{ROCKET}" * 508 + "xxx"},
    "empty key": {"": "x" * 2036},
    "long key": {"k" * 1024: "x" * 1012},
    "multi-byte key": {"ä€": "x" * 2031},
    "two strings": {"a": "x" * 1000, "bc": "x" * 1025},
    "integer": {"n": 1, "f": "x" * 2022},
    "large integer": {"n": 2**53, "f": "x" * 2022},
    "float": {"n": 0.123456789, "f": "x" * 2022},
    "booleans": {"b": True, "c": False, "f": "x" * 2017},
    "empty string": {"s": "", "f": "x" * 2026},
    "array of a string": {"f": ["x" * 2031]},
    "array of strings": {"f": ["", "ä", "x" * 2021]},
    "array of numbers": {"a": [1] * 100 + [0.5] * 150, "f": "x" * 26},
    "50 keys": {**keys(49), "f": "x" * (2048 - 4 - 10 * 14 - 39 * 15 - 9)},
}


class TestSize:
    @pytest.mark.parametrize("metadata", FULL.values(), ids=FULL)
    def test_of_filterable_keys_is_at_most_2048_bytes(
        self, client: Client, bulky: dict[str, str], refused: Refused, metadata: Any
    ) -> None:
        client.put_vectors(**bulky, vectors=[{**vector("full"), "metadata": metadata}])
        [(longest, value)] = list(metadata.items())[-1:]
        more = [*value[:-1], value[-1] + "x"] if isinstance(value, list) else value + "x"
        record = {**vector("k"), "metadata": {**metadata, longest: more}}
        answer = refused(client.put_vectors, **bulky, vectors=[record])
        assert answer == bad_record("k", "vectors[0].metadata", FILTERABLE_TOO_LARGE)
        # The keys that are non-filterable do not count.
        if len(metadata) < 50:
            metadata = {"bulk": "x" * 9000, **metadata}
            client.put_vectors(**bulky, vectors=[{**vector("bulky"), "metadata": metadata}])

    @pytest.mark.parametrize(
        "metadata",
        [
            {"bulk": "x" * 40944},
            {"text": "x" * 10000, "bulk": "x" * (40944 - 12 - 10000)},
            {"f": "x" * 2035, "bulk": "x" * (40944 - 9 - 2035)},
            {"f": [1.5, 2], "text": True, "bulk": "ä" * 20000 + "x" * (944 - 9 - 16 - 12)},
        ],
        ids=["one key", "two keys", "with filterable", "with all kinds"],
    )
    def test_of_all_keys_is_at_most_40960_bytes(
        self, client: Client, bulky: dict[str, str], refused: Refused, metadata: Any
    ) -> None:
        client.put_vectors(**bulky, vectors=[{**vector("full"), "metadata": metadata}])
        record = {**vector("k"), "metadata": {**metadata, "bulk": metadata["bulk"] + "x"}}
        answer = refused(client.put_vectors, **bulky, vectors=[record])
        assert answer == bad_record("k", "vectors[0].metadata", TOO_LARGE)

    def test_is_at_most_50_keys(self, client: Client, bulky: dict[str, str], refused: Refused) -> None:
        client.put_vectors(**bulky, vectors=[vector("k", **keys(50))])
        client.put_vectors(**bulky, vectors=[vector("k", **keys(48), bulk="x", text="y")])
        for metadata in (keys(51), {**keys(49), "bulk": "x", "text": "y"}):
            answer = refused(client.put_vectors, **bulky, vectors=[vector("k", **metadata)])
            assert answer == bad_record("k", "vectors[0].metadata", TOO_MANY_KEYS)

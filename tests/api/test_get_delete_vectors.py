"""GetVectors and DeleteVectors: what they return, how many keys they take, and unknown keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.constraints import wrong_length
from tests.support.helpers import ORIGIN, answer_of, keys_of, listed_keys, stored, vector
from tests.support.refusals import DUPLICATE_KEYS

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


@pytest.fixture
def filled(client: Client, index: dict[str, str]) -> dict[str, str]:
    """An index with the vectors `a` (with metadata) and `b` (without)."""
    client.put_vectors(**index, vectors=[vector("a", [0.5, 2], n=1, tags=["x"]), vector("b", [3, 4])])
    return index


class TestGet:
    @pytest.mark.parametrize(
        ("wanted", "members"),
        [
            ({}, {}),
            ({"returnData": False, "returnMetadata": False}, {}),
            ({"returnData": True}, {"data": {"float32": [0.5, 2.0]}}),
            ({"returnMetadata": True}, {"metadata": {"n": 1, "tags": ["x"]}}),
            (
                {"returnData": True, "returnMetadata": True},
                {"data": {"float32": [0.5, 2.0]}, "metadata": {"n": 1, "tags": ["x"]}},
            ),
        ],
        ids=["nothing", "explicitly nothing", "data", "metadata", "both"],
    )
    def test_returns_the_key_and_what_is_wanted(
        self, client: Client, filled: dict[str, str], wanted: Any, members: Any
    ) -> None:
        assert answer_of(client.get_vectors, **filled, keys=["a"], **wanted) == {
            "vectors": [{"key": "a", **members}]
        }

    def test_of_a_bare_vector_has_empty_metadata(self, client: Client, filled: dict[str, str]) -> None:
        found = client.get_vectors(**filled, keys=["b"], returnMetadata=True)["vectors"]
        assert found == [{"key": "b", "metadata": {}}]

    def test_of_one_dimension_has_a_list_of_one(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(dimension=1)
        client.put_vectors(**index, vectors=[vector("k", [0.5]), vector("l", [1])])
        found = client.get_vectors(**index, keys=["k"], returnData=True)["vectors"]
        assert found == [{"key": "k", "data": {"float32": [0.5]}}]

    def test_ignores_unknown_keys_and_duplicates(self, client: Client, filled: dict[str, str]) -> None:
        found = client.get_vectors(**filled, keys=["x", "a", "y", "a", "A", "a"])["vectors"]
        assert found == [{"key": "a"}]
        for keys in (["x"], ["x", "x"]):
            assert client.get_vectors(**filled, keys=keys, returnData=True)["vectors"] == []

    def test_is_in_listing_order_whatever_was_asked(self, client: Client, index: dict[str, str]) -> None:
        keys = [f"key-{number}" for number in range(60)]
        client.put_vectors(**index, vectors=[vector(key) for key in keys])
        order = listed_keys(client, index)
        assert sorted(order) == sorted(keys)
        assert order != keys
        for asked in (keys, keys[::-1], order[::-1], keys[7:50:3]):
            found = client.get_vectors(**index, keys=asked, returnData=True)["vectors"]
            assert keys_of(found) == [key for key in order if key in asked]

    def test_takes_100_keys(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        keys = [f"key-{number}" for number in range(101)]
        client.put_vectors(**index, vectors=[vector(key) for key in keys])
        assert len(client.get_vectors(**index, keys=keys[:100])["vectors"]) == 100
        assert refused(client.get_vectors, **index, keys=keys) == wrong_length("/keys", 101, 1, 100).refusal
        assert (
            refused(client.get_vectors, **index, keys=["a"] * 101)
            == wrong_length("/keys", 101, 1, 100).refusal
        )


class TestDelete:
    def test_returns_nothing(self, client: Client, filled: dict[str, str]) -> None:
        assert answer_of(client.delete_vectors, **filled, keys=["a"]) == {}

    def test_is_seen_at_once(self, client: Client, filled: dict[str, str]) -> None:
        client.delete_vectors(**filled, keys=["a"])
        assert client.get_vectors(**filled, keys=["a", "b"])["vectors"] == [{"key": "b"}]
        assert listed_keys(client, filled) == ["b"]
        assert client.query_vectors(**filled, **ORIGIN, topK=9)["vectors"] == [{"key": "b"}]

    @pytest.mark.parametrize("order", ["abcd", "dcba", "bdac", "cabd"])
    def test_leaves_the_others_as_they_are(self, client: Client, index: dict[str, str], order: str) -> None:
        client.put_vectors(**index, vectors=[vector(key, [ord(key), 0], k=key) for key in "abcd"])
        left = set("abcd")
        for gone in order:
            client.delete_vectors(**index, keys=[gone])
            left.remove(gone)
            assert stored(client, index, *"abcd") == {key: ([ord(key), 0], {"k": key}) for key in left}

    def test_of_unknown_keys_succeeds(self, client: Client, filled: dict[str, str]) -> None:
        client.delete_vectors(**filled, keys=["x", "a", "y"])
        client.delete_vectors(**filled, keys=["x", "a"])
        assert listed_keys(client, filled) == ["b"]

    def test_refuses_duplicates(self, client: Client, filled: dict[str, str], refused: Refused) -> None:
        for keys in (["a", "b", "a"], ["x", "x"]):
            assert refused(client.delete_vectors, **filled, keys=keys) == DUPLICATE_KEYS
        assert sorted(listed_keys(client, filled)) == ["a", "b"]

    def test_takes_500_keys(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        keys = [f"key-{number}" for number in range(501)]
        client.put_vectors(**index, vectors=[vector(key) for key in keys[:500]])
        client.put_vectors(**index, vectors=[vector(keys[500])])
        assert (
            refused(client.delete_vectors, **index, keys=keys) == wrong_length("/keys", 501, 1, 500).refusal
        )
        client.delete_vectors(**index, keys=keys[:500])
        assert listed_keys(client, index) == ["key-500"]

    def test_key_can_be_written_again(self, client: Client, filled: dict[str, str]) -> None:
        client.delete_vectors(**filled, keys=["a"])
        client.put_vectors(**filled, vectors=[vector("a", [7, 8])])
        assert stored(client, filled, "a") == {"a": ([7, 8], {})}

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import vector

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

DUPLICATES = ("ValidationException", "Request must not contain duplicate keys", None)


def too_long(length: int, most: int) -> tuple[str, str, Any]:
    message = (
        f"Value with length {length} at '/keys' failed to satisfy constraint: "
        f"Member must have length between 1 and {most}, inclusive"
    )
    return (
        "ValidationException",
        f"1 validation error detected. {message}",
        [{"path": "/keys", "message": message}],
    )


def listed(client: Client, index: dict[str, str]) -> list[str]:
    return [found["key"] for found in client.list_vectors(**index)["vectors"]]


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
        response = client.get_vectors(**filled, keys=["a"], **wanted)
        del response["ResponseMetadata"]
        assert response == {"vectors": [{"key": "a", **members}]}

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
        order = listed(client, index)
        assert sorted(order) == sorted(keys)
        assert order != keys
        for asked in (keys, keys[::-1], order[::-1], keys[7:50:3]):
            found = client.get_vectors(**index, keys=asked, returnData=True)["vectors"]
            assert [entry["key"] for entry in found] == [key for key in order if key in asked]

    def test_takes_100_keys(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        keys = [f"key-{number}" for number in range(101)]
        client.put_vectors(**index, vectors=[vector(key) for key in keys])
        assert len(client.get_vectors(**index, keys=keys[:100])["vectors"]) == 100
        assert refused(client.get_vectors, **index, keys=keys) == too_long(101, 100)
        assert refused(client.get_vectors, **index, keys=["a"] * 101) == too_long(101, 100)


class TestDelete:
    def test_returns_nothing(self, client: Client, filled: dict[str, str]) -> None:
        assert list(client.delete_vectors(**filled, keys=["a"])) == ["ResponseMetadata"]

    def test_is_seen_at_once(self, client: Client, filled: dict[str, str]) -> None:
        client.delete_vectors(**filled, keys=["a"])
        assert client.get_vectors(**filled, keys=["a", "b"])["vectors"] == [{"key": "b"}]
        assert listed(client, filled) == ["b"]
        found = client.query_vectors(**filled, topK=9, queryVector={"float32": [0, 0]})["vectors"]
        assert found == [{"key": "b"}]

    @pytest.mark.parametrize("order", ["abcd", "dcba", "bdac", "cabd"])
    def test_leaves_the_others_as_they_are(self, client: Client, index: dict[str, str], order: str) -> None:
        client.put_vectors(**index, vectors=[vector(key, [ord(key), 0], k=key) for key in "abcd"])
        left = set("abcd")
        for gone in order:
            client.delete_vectors(**index, keys=[gone])
            left.remove(gone)
            found = client.get_vectors(**index, keys=[*"abcd"], returnData=True, returnMetadata=True)
            assert {
                entry["key"]: (entry["data"]["float32"], entry["metadata"]) for entry in found["vectors"]
            } == {key: ([ord(key), 0], {"k": key}) for key in left}

    def test_of_unknown_keys_succeeds(self, client: Client, filled: dict[str, str]) -> None:
        client.delete_vectors(**filled, keys=["x", "a", "y"])
        client.delete_vectors(**filled, keys=["x", "a"])
        assert listed(client, filled) == ["b"]

    def test_refuses_duplicates(self, client: Client, filled: dict[str, str], refused: Refused) -> None:
        for keys in (["a", "b", "a"], ["x", "x"]):
            assert refused(client.delete_vectors, **filled, keys=keys) == DUPLICATES
        assert sorted(listed(client, filled)) == ["a", "b"]

    def test_takes_500_keys(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        keys = [f"key-{number}" for number in range(501)]
        client.put_vectors(**index, vectors=[vector(key) for key in keys[:500]])
        client.put_vectors(**index, vectors=[vector(keys[500])])
        assert refused(client.delete_vectors, **index, keys=keys) == too_long(501, 500)
        client.delete_vectors(**index, keys=keys[:500])
        assert listed(client, index) == ["key-500"]

    def test_key_can_be_written_again(self, client: Client, filled: dict[str, str]) -> None:
        client.delete_vectors(**filled, keys=["a"])
        client.put_vectors(**filled, vectors=[vector("a", [7, 8])])
        found = client.get_vectors(**filled, keys=["a"], returnData=True, returnMetadata=True)["vectors"]
        assert found == [{"key": "a", "data": {"float32": [7, 8]}, "metadata": {}}]

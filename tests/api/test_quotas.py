"""Quotas: how many buckets, indexes and vectors there may be, and that `Config` can lower it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import Config, mock_s3vectors
from tests.support.helpers import listed_keys, stored, vector

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


def quota(what: str, most: int) -> tuple[str, str, Any]:
    text = f"You have reached the maximum number of {what}: {most}"
    return "ServiceQuotaExceededException", text, None


def test_defaults_are_those_of_aws() -> None:
    config = Config()
    assert config.max_vector_buckets == 10_000
    assert config.max_indexes_per_vector_bucket == 10_000
    assert config.max_vectors_per_index == 2_000_000_000


class TestVectors:
    @pytest.mark.s3vectors(max_vectors_per_index=3)
    def test_are_limited(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        client.put_vectors(**index, vectors=[vector("a"), vector("b")])
        answer = quota("vectors in this index", 3)
        assert refused(client.put_vectors, **index, vectors=[vector("c"), vector("d")]) == answer
        assert {*listed_keys(client, index)} == {"a", "b"}
        client.put_vectors(**index, vectors=[vector("a"), vector("c"), vector("b")])
        client.delete_vectors(**index, keys=["a"])
        client.put_vectors(**index, vectors=[vector("d")])
        assert {*listed_keys(client, index)} == {"b", "c", "d"}

    @pytest.mark.s3vectors(max_vectors_per_index=2)
    def test_overwriting_does_not_count(
        self, client: Client, index: dict[str, str], refused: Refused
    ) -> None:
        client.put_vectors(**index, vectors=[vector("a"), vector("b")])
        client.put_vectors(**index, vectors=[vector("b", [3, 4]), vector("a")])
        answer = refused(client.put_vectors, **index, vectors=[vector("a", [5, 6]), vector("c")])
        assert answer == quota("vectors in this index", 2)
        assert stored(client, index, "a") == {"a": ([1, 2], {})}

    def test_overwriting_does_not_count_even_beyond_a_lowered_quota(
        self, client: Client, index: dict[str, str], refused: Refused
    ) -> None:
        client.put_vectors(**index, vectors=[vector("a"), vector("b"), vector("c")])
        with mock_s3vectors(max_vectors_per_index=1):
            client.put_vectors(**index, vectors=[vector("a", [3, 4])])
            assert refused(client.put_vectors, **index, vectors=[vector("d")]) == quota(
                "vectors in this index", 1
            )

    @pytest.mark.s3vectors(max_vectors_per_index=1)
    def test_are_counted_by_index(self, client: Client, make_index: MakeIndex) -> None:
        for name in ("first", "second"):
            client.put_vectors(**make_index(name), vectors=[vector("k")])

    @pytest.mark.s3vectors(max_vectors_per_index=1)
    def test_a_bad_record_is_refused_first(
        self, client: Client, index: dict[str, str], refused: Refused
    ) -> None:
        answer = refused(client.put_vectors, **index, vectors=[vector("a"), vector("b", [1])])
        assert answer[0] == "ValidationException"

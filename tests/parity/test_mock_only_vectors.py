"""The quota of vectors of an index, and what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.helpers import listed_keys, stored, vector

if TYPE_CHECKING:
    from tests.support.helpers import Client, Refused

pytestmark = [
    pytest.mark.mock_only("the quota of AWS is 2,000,000,000 vectors"),
    pytest.mark.s3vectors(max_vectors_per_index=2),
]

FULL = "You have reached the maximum number of vectors in this index: 2"


def test_a_full_index_takes_no_new_key(client: Client, index: dict[str, str], refused: Refused) -> None:
    client.put_vectors(**index, vectors=[vector("a"), vector("b")])
    answer = refused(client.put_vectors, **index, vectors=[vector("c")])
    assert answer == ("ServiceQuotaExceededException", FULL, None)


def test_a_batch_that_does_not_fit_is_refused_whole(
    client: Client, index: dict[str, str], refused: Refused
) -> None:
    client.put_vectors(**index, vectors=[vector("a", [1, 2])])
    answer = refused(client.put_vectors, **index, vectors=[vector("a", [3, 4]), vector("b"), vector("c")])
    assert answer[:2] == ("ServiceQuotaExceededException", FULL)
    assert stored(client, index, "a", "b", "c") == {"a": ([1, 2], {})}


def test_known_keys_do_not_count_again(client: Client, index: dict[str, str]) -> None:
    client.put_vectors(**index, vectors=[vector("a", [1, 2]), vector("b")])
    client.put_vectors(**index, vectors=[vector("b", [3, 4]), vector("a", [5, 6])])
    assert stored(client, index, "a") == {"a": ([5, 6], {})}


def test_a_deletion_makes_room(client: Client, index: dict[str, str]) -> None:
    client.put_vectors(**index, vectors=[vector("a"), vector("b")])
    client.delete_vectors(**index, keys=["a"])
    client.put_vectors(**index, vectors=[vector("c")])
    assert sorted(listed_keys(client, index)) == ["b", "c"]

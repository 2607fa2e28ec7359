"""PutVectors: how it writes, what vectors, keys and batches may be, and how float32 keeps numbers."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.constraints import wrong_length
from tests.support.helpers import ORIGIN, answer_of, stored, vector

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

INF, NAN = float("inf"), float("nan")


class TestWriting:
    def test_returns_nothing(self, client: Client, index: dict[str, str]) -> None:
        assert answer_of(client.put_vectors, **index, vectors=[vector("k")]) == {}

    def test_is_read_at_once(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("a", [1, 2], n=1), vector("b", [3, 4])])
        assert stored(client, index, "a", "b") == {"a": ([1, 2], {"n": 1}), "b": ([3, 4], {})}
        assert len(client.list_vectors(**index)["vectors"]) == 2
        assert len(client.query_vectors(**index, **ORIGIN, topK=9)["vectors"]) == 2

    def test_of_a_known_key_replaces_data_and_metadata(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k", [1, 2], a=1, b=2), vector("other", n=1)])
        client.put_vectors(**index, vectors=[vector("k", [3, 4], b="new")])
        assert stored(client, index, "k", "other") == {
            "k": ([3, 4], {"b": "new"}),
            "other": ([1, 2], {"n": 1}),
        }
        client.put_vectors(**index, vectors=[vector("k", [5, 6])])
        assert stored(client, index, "k") == {"k": ([5, 6], {})}

    def test_of_new_and_known_keys_together(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("b", [1, 1]), vector("d", [2, 2])])
        client.put_vectors(**index, vectors=[vector(key, [ord(key), 0], k=key) for key in "abcde"])
        assert stored(client, index, *"abcde") == {key: ([ord(key), 0], {"k": key}) for key in "abcde"}

    def test_takes_500_vectors(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        records = [vector(f"{number}") for number in range(501)]
        answer = refused(client.put_vectors, **index, vectors=records)
        assert answer == wrong_length("/vectors", 501, 1, 500).refusal
        assert client.list_vectors(**index)["vectors"] == []
        client.put_vectors(**index, vectors=records[:500])
        assert len(client.list_vectors(**index)["vectors"]) == 500

    def test_keeps_nothing_of_the_callers_objects(self, client: Client, index: dict[str, str]) -> None:
        record = vector("k", [1, 2], tags=["a"])
        client.put_vectors(**index, vectors=[record])
        record["data"]["float32"][0] = 9
        record["metadata"]["tags"].append("b")
        assert stored(client, index, "k") == {"k": ([1, 2], {"tags": ["a"]})}

    def test_shares_nothing_with_what_it_returned(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k", [1, 2], tags=["a"])])
        data, metadata = stored(client, index, "k")["k"]
        data[0] = 9
        metadata["tags"].append("b")
        assert stored(client, index, "k") == {"k": ([1, 2], {"tags": ["a"]})}


class TestFloat32:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            (0.9, 0.8999999761581421),
            (0.1, 0.10000000149011612),
            (-1 / 3, -0.3333333432674408),
            (7, 7.0),
            (16_777_217, 16_777_216.0),
            (3.4028235e38, 3.4028234663852886e38),
            (-3.4028235e38, -3.4028234663852886e38),
            (1e-46, 0.0),
            (1.5e-45, 1.401298464324817e-45),
        ],
    )
    def test_is_how_numbers_are_kept(
        self, client: Client, index: dict[str, str], sent: float, kept: float
    ) -> None:
        client.put_vectors(**index, vectors=[vector("k", [1, sent])])
        [found] = client.list_vectors(**index, returnData=True)["vectors"]
        assert stored(client, index, "k")["k"][0] == found["data"]["float32"] == [1, kept]

    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    @pytest.mark.parametrize(
        "number",
        [1e39, -1e39, 3.4028236e38, NAN, INF, -INF],
    )
    def test_holds_neither_nan_nor_infinity(
        self, client: Client, make_index: MakeIndex, refused: Refused, metric: str, number: float
    ) -> None:
        index = make_index(metric=metric)
        answer = refused(client.put_vectors, **index, vectors=[vector("k", [number, 1])])
        assert answer == refusals.bad_record("k", "vectors[0]", refusals.NOT_FINITE)


class TestLengthAndNorm:
    @pytest.mark.parametrize("length", [0, 1, 3, 4096])
    def test_length_is_the_indexes(
        self, client: Client, index: dict[str, str], refused: Refused, length: int
    ) -> None:
        answer = refused(client.put_vectors, **index, vectors=[vector("the key", [0.5] * length)])
        assert answer == refusals.bad_record("the key", "vectors[0]", refusals.wrong_dimension(2, length))

    @pytest.mark.parametrize("data", [(0, 0), (0.0, -0.0), (1e-46, 0), (-1e-46, 1e-46)], ids=str)
    def test_zero_is_no_cosine_vector(
        self, client: Client, make_index: MakeIndex, refused: Refused, data: Any
    ) -> None:
        cosine, euclidean = make_index("cosine", metric="cosine"), make_index("euclidean")
        answer = refused(client.put_vectors, **cosine, vectors=[vector("k", data)])
        assert answer == refusals.bad_record("k", "vectors[0]", refusals.ZERO_NORM)
        client.put_vectors(**euclidean, vectors=[vector("k", data)])
        assert stored(client, euclidean, "k")["k"][0] == [0, 0]

    def test_the_smallest_number_is_one(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(metric="cosine")
        client.put_vectors(**index, vectors=[vector("k", [1.5e-45, 0])])
        assert stored(client, index, "k")["k"][0] == [1.401298464324817e-45, 0]


class TestVectorKeys:
    @pytest.mark.parametrize(
        "key", ["k", "k" * 1024, "ä" * 512, "€" * 341 + "k", "\N{ROCKET}" * 256, " ", "\0"]
    )
    def test_have_1024_bytes(self, client: Client, index: dict[str, str], key: str) -> None:
        client.put_vectors(**index, vectors=[vector(key)])
        assert client.list_vectors(**index)["vectors"] == [{"key": key}]
        assert client.get_vectors(**index, keys=[key])["vectors"] == [{"key": key}]
        client.delete_vectors(**index, keys=[key])
        assert client.list_vectors(**index)["vectors"] == []

    @pytest.mark.parametrize("key", ["ä" * 512 + "k", "€" * 342, "\N{ROCKET}" * 257, "k" * 1023 + "ä"])
    def test_have_no_more(self, client: Client, index: dict[str, str], refused: Refused, key: str) -> None:
        answer = refusals.invalid("Record key length exceeds the maximum allowed")
        assert refused(client.put_vectors, **index, vectors=[vector("good"), vector(key)]) == answer
        assert refused(client.get_vectors, **index, keys=["good", key]) == answer
        assert refused(client.delete_vectors, **index, keys=["good", key]) == answer

    def test_have_1024_characters(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        def violation(path: str) -> tuple[str, str, Any]:
            return wrong_length(path, 1025, 1, 1024).refusal

        key = "k" * 1025
        answer = refused(client.put_vectors, **index, vectors=[vector("good"), vector(key)])
        assert answer == violation("/vectors/1/key")
        assert refused(client.get_vectors, **index, keys=[key]) == violation("/keys/0")
        assert refused(client.delete_vectors, **index, keys=["good", key]) == violation("/keys/1")

    def test_do_not_repeat(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        records = [vector("a", [1, 1]), vector("b"), vector("a", [2, 2])]
        assert refused(client.put_vectors, **index, vectors=records) == refusals.DUPLICATE_KEYS
        assert client.list_vectors(**index)["vectors"] == []

    def test_differ_in_case_and_normal_form(self, client: Client, index: dict[str, str]) -> None:
        keys = ["k", "K", "k ", "\u00e9", "e\u0301"]
        client.put_vectors(**index, vectors=[vector(key) for key in keys])
        assert set(stored(client, index, *keys)) == set(keys)


class TestBatch:
    BAD: dict[str, tuple[Any, Any]] = {  # noqa: RUF012 - a table
        "short": ([1], refusals.wrong_dimension(2, 1)),
        "infinite": ([1e39, 1], refusals.NOT_FINITE),
        "zero": ([0, 0], refusals.ZERO_NORM),
        "object": ({"m": {}}, refusals.BAD_VALUE),
        "large": ({"m": "x" * 2036}, refusals.FILTERABLE_TOO_LARGE),
        "text": ("text", None),
    }

    def bad(self, name: str) -> Any:
        content, _ = self.BAD[name]
        if isinstance(content, list):
            return vector(name, content)
        return {**vector(name), "metadata": content}

    def test_names_its_first_bad_record(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        index = make_index(metric="cosine")
        client.put_vectors(**index, vectors=[vector("old", [1, 1], n=1)])
        for first, second in permutations(self.BAD, 2):
            records = [vector("old", [2, 2]), vector("new"), self.bad(first), vector("x"), self.bad(second)]
            content, reason = self.BAD[first]
            path = "vectors[2]" if isinstance(content, list) else "vectors[2].metadata"
            answer = refused(client.put_vectors, **index, vectors=records)
            assert answer == (refusals.bad_record(first, path, reason) if reason else refusals.NO_OBJECT)
        assert stored(client, index, "old", "new", "x", *self.BAD) == {"old": ([1, 1], {"n": 1})}

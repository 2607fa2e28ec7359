"""Seeding: what is stored, where, and with which settings."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from tests.support.helpers import INDEX, START, index_names, keys_of, mode_of, stored, vector
from tests.support.interruptions import OF_CALLS, PACKAGE, interrupted_everywhere
from tests.support.mocks import level
from tests.support.shapes import MODES, TEXT_SEARCH, needs
from tests.workbench.state import described, seed, seen_index

if TYPE_CHECKING:
    from tests.support.helpers import Client, ClientAt, SetClock

OTHER = "111122223333"
WHERE = (*OF_CALLS, str(PACKAGE / "workbench"))


class TestVectors:
    def test_reach_a_client(self, s3vectors_client: Client) -> None:
        view = seed("bucket", "index", np.array([[1.0, 2.0], [3.0, 4.0]]))
        assert stored(s3vectors_client, INDEX, "0", "1") == {"0": ([1.0, 2.0], {}), "1": ([3.0, 4.0], {})}
        assert (view.name, len(view), view.keys) == ("index", 2, ("0", "1"))

    @pytest.mark.usefixtures("s3vectors_mock")
    @pytest.mark.parametrize(
        "vectors",
        [
            [[1, 2.0], (3, np.float32(4))],
            [np.array([1, 2], np.float16), [3, 4]],
            *(np.array([[1, 2], [3, 4]], kind) for kind in ("f2", "f4", "f8", "g", "i1", "u8", ">f4")),
            np.array([[1, 3], [2, 4]]).T,
            np.array([[1, 0, 2, 0], [3, 0, 4, 0]], "f4")[:, ::2],
        ],
        ids=str,
    )
    def test_may_be_of_any_real_type(self, vectors: Any) -> None:
        view = seed("bucket", "index", vectors)
        assert view.vectors.dtype == np.float32
        assert view.vectors.tolist() == [[1, 2], [3, 4]]

    @pytest.mark.usefixtures("s3vectors_mock")
    @pytest.mark.parametrize("kind", [np.float32, np.float64])
    def test_are_a_copy(self, kind: Any) -> None:
        vectors = np.ones((3, 2), kind)
        seed("bucket", "index", vectors)
        vectors[:] = 7
        assert seen_index("bucket", "index").vectors.tolist() == [[1, 1]] * 3

    def test_are_not_changed_by_later_writes(self, s3vectors_client: Client) -> None:
        vectors = np.ones((3, 2), np.float32)
        seed("bucket", "index", vectors)
        s3vectors_client.put_vectors(**INDEX, vectors=[vector("0", [5, 5])])
        assert vectors.tolist() == [[1, 1]] * 3

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_may_be_read_only(self) -> None:
        vectors = np.ones((3, 2), np.float32)
        vectors.flags.writeable = False
        seed("bucket", "index", vectors)
        seed("bucket", "index", vectors * 2)
        assert seen_index("bucket", "index").vectors.tolist() == [[2, 2]] * 3

    def test_may_be_more_than_a_request_takes(self, s3vectors_client: Client) -> None:
        vectors = np.random.default_rng(7).standard_normal((1_234, 3)).astype(np.float32)
        view = seed("bucket", "index", vectors)
        assert np.array_equal(view.vectors, vectors)
        query = {"queryVector": {"float32": vectors[777].tolist()}, "topK": 1}
        assert keys_of(s3vectors_client.query_vectors(**INDEX, **query)["vectors"]) == ["777"]
        pages = s3vectors_client.get_paginator("list_vectors").paginate(**INDEX)
        assert {key for page in pages for key in keys_of(page["vectors"])} == set(view.keys)

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_none_make_an_empty_index(self) -> None:
        view = seed("bucket", "index", np.zeros((0, 5)))
        assert (len(view), view.dimension, view.vectors.shape) == (0, 5, (0, 5))
        assert len(seed("bucket", "index", [])) == 0

    def test_overwrite_others_of_the_same_keys(self, s3vectors_client: Client) -> None:
        seed("bucket", "index", [[1, 1], [2, 2]], keys=["a", "b"], metadata=[{"n": 1}, {"n": 2}])
        s3vectors_client.query_vectors(**INDEX, queryVector={"float32": [1, 1]}, topK=1, filter={"n": 1})
        view = seed("bucket", "index", [[3, 3], [4, 4]], keys=["c", "a"], metadata=[None, {"n": 2}])
        assert view.keys == ("a", "b", "c")
        assert view.vectors.tolist() == [[4, 4], [2, 2], [3, 3]]
        assert view.metadata == {"a": {"n": 2}, "b": {"n": 2}, "c": {}}
        query = {"queryVector": {"float32": [1, 1]}, "topK": 3, "filter": {"n": 2}}
        assert sorted(keys_of(s3vectors_client.query_vectors(**INDEX, **query)["vectors"])) == ["a", "b"]

    @pytest.mark.s3vectors(search_engine="hnsw")
    def test_are_found_by_queries_that_began_before(self, s3vectors_client: Client) -> None:
        seed("bucket", "index", [[1, 0]], keys=["a"])
        query = {"queryVector": {"float32": [0, 1]}, "topK": 1}
        assert keys_of(s3vectors_client.query_vectors(**INDEX, **query)["vectors"]) == ["a"]
        assert keys_of(s3vectors_client.list_vectors(**INDEX)["vectors"]) == ["a"]
        seed("bucket", "index", [[0, 1]], keys=["b"])
        assert keys_of(s3vectors_client.query_vectors(**INDEX, **query)["vectors"]) == ["b"]
        assert sorted(keys_of(s3vectors_client.list_vectors(**INDEX)["vectors"])) == ["a", "b"]


class TestKeysAndMetadata:
    @pytest.mark.usefixtures("s3vectors_mock")
    def test_keys_may_be_of_numpy(self) -> None:
        view = seed("bucket", "index", [[1], [2]], keys=np.array(["a", "b"]))
        assert [type(key) for key in view.keys] == [str, str]
        assert view.keys == ("a", "b")

    def test_metadata_reaches_a_client_as_it_would_through_json(self, s3vectors_client: Client) -> None:
        class Word(str):
            __slots__ = ()

        given = {"s": Word("x"), "n": np.float64(1.5), "t": True, "l": [1, 2.5], 7: "seven"}
        seed("bucket", "index", [[1, 2]], metadata=[given])
        _, metadata = stored(s3vectors_client, INDEX, "0")["0"]
        assert metadata == {"s": "x", "n": 1.5, "t": True, "l": [1, 2.5], "7": "seven"}
        view = seen_index("bucket", "index")
        assert [type(value) for value in view.metadata["0"].values()] == [str, float, bool, list, str]

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_metadata_is_a_copy(self) -> None:
        metadata: list[Any] = [{"tags": ["a"]}]
        seed("bucket", "index", [[1, 2]], metadata=metadata)
        metadata[0]["tags"].append("b")
        metadata[0]["more"] = 1
        assert seen_index("bucket", "index").metadata == {"0": {"tags": ["a"]}}

    def test_sizes_count_as_those_of_puts(self, s3vectors_client: Client) -> None:
        seed("bucket", "index", [[1, 2], [3, 4]], keys=["a", "bé"], metadata=[{"n": 1}, None])
        seed("bucket", "bare", [[1, 2]], keys=["é"])
        seed("bucket", "other", np.zeros((0, 2)))
        records = [vector("a", [1, 2], n=1), vector("bé", [3, 4])]
        s3vectors_client.put_vectors(**{**INDEX, "indexName": "other"}, vectors=records)
        sizes = {row.index: row.bytes for row in described().rows}
        # Four bytes for the object of metadata, two for the key, eight for the vector.
        assert sizes["bare"] == 14
        assert sizes["index"] == sizes["other"]


class TestPlaces:
    def test_the_bucket_and_the_index_are_as_a_client_makes_them(
        self, s3vectors_client: Client, at: SetClock
    ) -> None:
        at(0)
        seed("bucket", "seeded", [[1, 2]], non_filterable_metadata_keys=["body"])
        s3vectors_client.create_vector_bucket(vectorBucketName="other")
        s3vectors_client.create_index(
            vectorBucketName="other",
            indexName="made",
            dataType="float32",
            dimension=2,
            distanceMetric="cosine",
            metadataConfiguration={"nonFilterableMetadataKeys": ["body"]},
        )

        def shown(bucket: str, index: str) -> Any:
            of_bucket = s3vectors_client.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]
            address = {"vectorBucketName": bucket, "indexName": index}
            of_index = s3vectors_client.get_index(**address)["index"]
            assert of_bucket.pop("vectorBucketName") == of_index.pop("vectorBucketName") == bucket
            arn = of_bucket.pop("vectorBucketArn")
            assert of_index.pop("indexArn") == f"{arn}/index/{of_index.pop('indexName')}"
            for entry in (of_bucket, of_index):
                assert entry.pop("creationTime").timestamp() == int(START)
            return of_bucket, of_index

        assert shown("bucket", "seeded") == shown("other", "made")

    def test_an_existing_index_keeps_its_settings(self, s3vectors_client: Client) -> None:
        seed("bucket", "index", [[1, 2]], distance_metric="euclidean", non_filterable_metadata_keys=["x"])
        view = seed("bucket", "index", [[0, 0]], keys=["zero"])
        assert (view.distance_metric, view.non_filterable_metadata_keys) == ("euclidean", ("x",))
        seed("bucket", "index", [[0, 1]], distance_metric="euclidean", non_filterable_metadata_keys=["x"])
        assert index_names(s3vectors_client) == ["index"]

    @needs(*MODES, *TEXT_SEARCH)
    @pytest.mark.s3vectors(default_index_mode="ENHANCED")
    def test_text_search(self, s3vectors_client: Client) -> None:
        texts = {"title": "en", "body": None}
        given = [{"title": "running dogs", "body": "x"}]
        view = seed("bucket", "index", [[1, 2]], metadata=given, text_search=texts)
        assert view.text_search == texts
        assert seed("bucket", "other", [[1, 2]], text_search=["title"]).text_search == {"title": None}
        assert mode_of(s3vectors_client) == "ENHANCED"
        query = {"queryTexts": [{"metadataKey": "title", "text": "run"}], "topK": 1}
        assert keys_of(s3vectors_client.query_vectors(**INDEX, **query)["vectors"]) == ["0"]

    def test_account_and_region(self, client_at: ClientAt) -> None:
        seed("bucket", "index", [[1, 2]], region="eu-west-1", account=OTHER)
        assert index_names(client_at("eu-west-1", OTHER)) == ["index"]
        assert seen_index("bucket", "index", account=OTHER).arn == (
            f"arn:aws:s3vectors:eu-west-1:{OTHER}:bucket/bucket/index/index"
        )

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_the_region_is_where_the_bucket_is(self) -> None:
        seed("bucket", "one", [[1, 2]], region="eu-west-1")
        assert ":eu-west-1:" in seed("bucket", "two", [[1, 2]]).arn
        seed("bucket", "one", [[1, 2]], region="eu-west-3")
        # Two Regions have it now.
        assert ":us-east-1:" in seed("bucket", "three", [[1, 2]]).arn

    @pytest.mark.usefixtures("s3vectors_mock")
    @pytest.mark.parametrize("names", [("AWS_DEFAULT_REGION", "AWS_REGION"), ("AWS_REGION",), ()])
    def test_the_region_is_that_of_the_environment(
        self, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, name in enumerate(names, 1):
            monkeypatch.setenv(name, f"eu-west-{number}")
        assert (":eu-west-1:" if names else ":us-east-1:") in seed("bucket", "index", [[1, 2]]).arn

    def test_a_mock_within_undoes_it(self, s3vectors_client: Client) -> None:
        seed("bucket", "index", [[1, 2]])
        with mock_s3vectors():
            seed("bucket", "index", [[3, 4]], keys=["inner"])
            seed("bucket", "another", [[3, 4]])
            assert len(seen_index("bucket", "index")) == 2
        assert seen_index("bucket", "index").keys == ("0",)
        assert index_names(s3vectors_client) == ["index"]


class TestAtomicity:
    @pytest.mark.slow
    @pytest.mark.usefixtures("s3vectors_mock")
    def test_an_interrupted_seed_was_made_or_was_not_made(self) -> None:
        level().world.clear()
        seen = []
        for _ in interrupted_everywhere(
            lambda: seed("bucket", "index", [[1, 2], [3, 4]]), level().world.clear, where=WHERE
        ):
            rows = described().rows
            seen.append([(row.vector_bucket, row.index, row.vectors) for row in rows])
        assert all(rows in ([], [("bucket", "index", 2)]) for rows in seen)
        assert [] in seen

    @pytest.mark.slow
    @pytest.mark.usefixtures("s3vectors_mock")
    @pytest.mark.parametrize("keys", [["c", "d"], ["b", "c"]], ids=["new keys", "a key that is there"])
    def test_an_interrupted_seed_of_an_index_that_exists(self, keys: list[str]) -> None:
        before = {"a": [1, 2], "b": [3, 4]}
        after = {**before, **dict(zip(keys, ([5, 6], [7, 8]), strict=True))}

        def prepare() -> None:
            level().world.clear()
            seed("bucket", "index", [*before.values()], keys=[*before])

        call = lambda: seed("bucket", "index", [[5, 6], [7, 8]], keys=keys)  # noqa: E731 - its name says it
        seen = []
        for _ in interrupted_everywhere(call, prepare, where=WHERE):
            view = seen_index("bucket", "index")
            seen.append(dict(zip(view.keys, view.vectors.tolist(), strict=True)))
        assert all(vectors in (before, after) for vectors in seen)
        assert before in seen
        assert after in seen

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_readers_see_whole_seeds(self) -> None:
        rows, mixed = 2_000, []
        seed("bucket", "index", np.full((rows, 4), 1))

        def look() -> None:
            for _ in range(5):
                view = seen_index("bucket", "index")
                if len(np.unique(view.vectors)) != 1:
                    mixed.append(view)

        for number in range(2, 12):
            thread = Thread(target=look)
            thread.start()
            seed("bucket", "index", np.full((rows, 4), number))
            thread.join()
        assert mixed == []

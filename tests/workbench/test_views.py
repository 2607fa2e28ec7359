"""Views: what they show, that it stays as it was, and what they say of things that are not there."""

from __future__ import annotations

from datetime import datetime, timezone
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from tests.support.helpers import BUCKET, INDEX, POLICY, SETTINGS, START, vector
from tests.support.mocks import index_named
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, needs
from tests.workbench.state import seed, seen_bucket, seen_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, ClientAt, SetClock

OTHER = "111122223333"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"


@pytest.fixture
def filled(client: Client, index: dict[str, str]) -> Client:
    """A client, with two vectors in an index."""
    client.put_vectors(**index, vectors=[vector("a", [3, 4], n=[1, 2]), vector("b", [5, 6])])
    return client


def seen_bucket_of(bucket: str, _: str) -> Any:
    return seen_bucket(bucket)


class TestIndex:
    @pytest.mark.usefixtures("filled")
    def test_vectors_keys_and_metadata_have_one_order(self) -> None:
        view = seen_index("bucket", "index")
        assert len(view) == 2
        assert view.keys == ("a", "b")
        assert list(view) == ["a", "b"]
        assert view.vectors.dtype == np.float32
        assert view.vectors.tolist() == [[3, 4], [5, 6]]
        assert view.metadata == {"a": {"n": [1, 2]}, "b": {}}
        assert list(view.metadata) == ["a", "b"]

    def test_order_is_that_of_the_first_put(self, filled: Client) -> None:
        filled.put_vectors(**INDEX, vectors=[vector("c", [7, 8]), vector("a", [0, 1])])
        assert seen_index("bucket", "index").keys == ("a", "b", "c")
        filled.delete_vectors(**INDEX, keys=["a"])
        view = seen_index("bucket", "index")
        assert view.keys == ("c", "b")
        assert view.vectors.tolist() == [[7, 8], [5, 6]]

    @pytest.mark.usefixtures("filled")
    def test_a_single_vector(self) -> None:
        view = seen_index("bucket", "index")
        found = view["a"]
        assert (found.key, found.vector.tolist(), found.metadata) == ("a", [3, 4], {"n": [1, 2]})
        assert repr(found) == "<StoredVector 'a': 2 floats, norm 5, {'n': [1, 2]}>"
        assert repr(view["b"]) == "<StoredVector 'b': 2 floats, norm 7.81>"
        assert "a" in view
        assert "z" not in view
        assert 1 not in view

    @pytest.mark.usefixtures("filled")
    def test_nothing_in_it_changes_the_mock(self) -> None:
        view = seen_index("bucket", "index")
        for array in (view.vectors, view["a"].vector):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 9
        with pytest.raises(TypeError):
            view.metadata["a"] = {}  # type: ignore[index] # on purpose
        view.metadata["a"]["n"].append(3)
        view["a"].metadata["n"].append(4)
        assert seen_index("bucket", "index").metadata["a"] == {"n": [1, 2]}

    @needs(*MODES, *TEXT_SEARCH)
    @pytest.mark.s3vectors(default_index_mode="ENHANCED")
    def test_settings(self, client: Client, at: SetClock) -> None:
        at(5)
        encryption = {"sseType": "aws:kms", "kmsKeyArn": KEY}
        client.create_index(
            **INDEX,
            **SETTINGS,
            encryptionConfiguration=encryption,
            tags={"team": "search"},
            metadataConfiguration={
                "nonFilterableMetadataKeys": ["z", "a"],
                "textSearchConfigurations": [
                    {"metadataKey": "title", "language": "en"},
                    {"metadataKey": "body"},
                ],
            },
        )
        view = seen_index("bucket", "index")
        assert (view.name, view.arn) == (
            "index",
            "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket/index/index",
        )
        assert (view.dimension, view.distance_metric, view.data_type) == (2, "euclidean", "float32")
        assert view.mode == "ENHANCED"
        assert view.encryption == encryption
        assert view.tags == {"team": "search"}
        assert view.creation_time == datetime.fromtimestamp(int(START) + 5, timezone.utc)
        assert view.non_filterable_metadata_keys == ("z", "a")
        assert view.text_search == {"title": "en", "body": None}

    @pytest.mark.usefixtures("index")
    def test_default_settings(self) -> None:
        view = seen_index("bucket", "index")
        assert (view.encryption, view.tags) == ({"sseType": "AES256"}, {})
        assert (view.non_filterable_metadata_keys, view.text_search) == ((), {})

    @pytest.mark.usefixtures("s3vectors_mock")
    @pytest.mark.s3vectors(default_index_mode="CLASSIC")
    def test_repr_is_short(self) -> None:
        where = "in 'bucket', us-east-1, account 123456789012"
        assert repr(seed("bucket", "many", np.ones((1_234, 1_536)))) == (
            f"<IndexView 'many' {where}: 1,234 vectors of 1,536 floats, cosine, CLASSIC: "
            "'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', and 1,224 more>"
        )
        assert repr(seed("bucket", "one", [[1]], keys=["é"])) == (
            f"<IndexView 'one' {where}: 1 vector of 1 float, cosine, CLASSIC: 'é'>"
        )
        assert repr(seed("bucket", "none", np.zeros((0, 2)))) == (
            f"<IndexView 'none' {where}: 0 vectors of 2 floats, cosine, CLASSIC>"
        )


class TestBucket:
    @needs(*TAGS)
    def test_settings(self, s3vectors_client: Client, at: SetClock) -> None:
        at(0)
        encryption = {"sseType": "aws:kms", "kmsKeyArn": KEY}
        s3vectors_client.create_vector_bucket(
            **BUCKET, encryptionConfiguration=encryption, tags={"team": "search"}
        )
        view = seen_bucket("bucket")
        assert (view.name, view.policy, len(view), view.indexes) == ("bucket", None, 0, ())
        assert view.arn == "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"
        assert view.encryption == encryption
        assert view.tags == {"team": "search"}
        assert view.creation_time == datetime.fromtimestamp(int(START), timezone.utc)
        assert view.default_index_mode == "ENHANCED"
        s3vectors_client.put_vector_bucket_policy(**BUCKET, policy=POLICY)
        assert seen_bucket("bucket").policy == POLICY

    def test_indexes(self, filled: Client) -> None:
        filled.create_index(**BUCKET, indexName="an-index", **SETTINGS)
        view = seen_bucket("bucket")
        assert len(view) == 2
        assert list(view) == ["an-index", "index"]
        assert view.indexes == ("an-index", "index")
        assert view["index"].keys == ("a", "b")
        assert "index" in view
        assert "other" not in view
        assert repr(view) == (
            "<VectorBucketView 'bucket', us-east-1, account 123456789012: 2 indexes: 'an-index', 'index'>"
        )

    @pytest.mark.usefixtures("client")
    def test_repr_without_indexes(self) -> None:
        assert repr(seen_bucket("bucket")) == (
            "<VectorBucketView 'bucket', us-east-1, account 123456789012: 0 indexes>"
        )


class TestTime:
    def test_a_view_stays_as_it_was(self, filled: Client) -> None:
        index, bucket = seen_index("bucket", "index"), seen_bucket("bucket")
        filled.put_vectors(**INDEX, vectors=[vector("a", [0, 1], n=9), vector("c", [7, 8])])
        filled.delete_vectors(**INDEX, keys=["b"])
        filled.delete_index(**INDEX)
        filled.put_vector_bucket_policy(**BUCKET, policy=POLICY)
        for view in (index, bucket["index"]):
            assert view.keys == ("a", "b")
            assert view.vectors.tolist() == [[3, 4], [5, 6]]
            assert view.metadata == {"a": {"n": [1, 2]}, "b": {}}
        assert bucket.indexes == ("index",)
        assert bucket.policy is None

    def test_a_view_outlives_its_mock(self) -> None:
        with mock_s3vectors():
            view = seed("bucket", "index", [[1, 2]])
        assert view.vectors.tolist() == [[1, 2]]

    def test_writes_without_a_view_copy_nothing(self, filled: Client) -> None:
        table = index_named().table
        seen_index("bucket", "index")
        seen_bucket("bucket")
        filled.put_vectors(**INDEX, vectors=[vector("c", [7, 8])])
        assert index_named().table is table

    @pytest.mark.usefixtures("filled")
    @pytest.mark.parametrize("look", [seen_index, seen_bucket_of], ids=["index", "bucket"])
    def test_a_view_waits_for_whoever_writes(self, look: Any) -> None:
        seen: list[Any] = []
        began = Event()

        def wait() -> None:
            began.set()
            seen.append(look("bucket", "index"))

        thread = Thread(target=wait)
        with index_named().lock:
            thread.start()
            assert began.wait(30)
            thread.join(0.2)
            assert seen == []
        thread.join(30)
        assert len(seen) == 1


class TestMissing:
    @pytest.mark.usefixtures("filled")
    def test_index(self) -> None:
        expected = "There is no index 'indx' in vector bucket 'bucket'. Did you mean 'index'? "
        bucket = seen_bucket("bucket")
        looks: list[Callable[[], Any]] = [lambda: seen_index("bucket", "indx"), lambda: bucket["indx"]]
        for look in looks:
            with pytest.raises(UsageError) as refusal:
                look()
            assert str(refusal.value) == f"{expected}Indexes in it: 'index'."

    @pytest.mark.usefixtures("filled")
    def test_bucket(self) -> None:
        looks: list[Callable[[], Any]] = [
            lambda: seen_bucket("buckets"),
            lambda: seen_index("buckets", "index"),
        ]
        for look in looks:
            with pytest.raises(UsageError) as refusal:
                look()
            assert str(refusal.value) == (
                "There is no vector bucket 'buckets' in Region us-east-1, account 123456789012. "
                "Did you mean 'bucket'? Vector buckets there: 'bucket'."
            )

    @pytest.mark.usefixtures("filled")
    def test_vector(self) -> None:
        view = seen_index("bucket", "index")
        key: Any
        for key in ("zebra", 7):
            with pytest.raises(UsageError) as refusal:
                view[key]
            assert str(refusal.value) == (
                f"There is no vector {key!r} in index 'index'. Vectors in it: 'a', 'b'."
            )

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_nothing_is_there_at_all(self) -> None:
        with pytest.raises(UsageError) as refusal:
            seen_bucket("bucket")
        assert str(refusal.value) == (
            "There is no vector bucket 'bucket' in Region us-east-1, account 123456789012. "
            "Vector buckets there: none."
        )

    def test_many_names_are_cut_short(self, s3vectors_client: Client) -> None:
        for number in range(12):
            s3vectors_client.create_vector_bucket(vectorBucketName=f"plots-{number:02}")
        with pytest.raises(UsageError) as refusal:
            seen_bucket("b" * 400)
        assert str(refusal.value).endswith("'plots-08', 'plots-09', and 2 more.")
        assert f"'{'b' * 299}... (402 characters)" in str(refusal.value)

    def test_it_is_elsewhere(self, client_at: ClientAt) -> None:
        client_at("eu-west-1", OTHER).create_vector_bucket(**BUCKET)
        with pytest.raises(UsageError) as refusal:
            seen_bucket("bucket")
        assert str(refusal.value) == (
            "There is no vector bucket 'bucket' in Region us-east-1, account 123456789012. "
            f"There is one in Region eu-west-1, account {OTHER}. Vector buckets there: none."
        )
        assert seen_bucket("bucket", "eu-west-1", OTHER).name == "bucket"
        assert seen_bucket("bucket", account=OTHER).name == "bucket"

    @pytest.mark.usefixtures("client")
    @pytest.mark.parametrize("region", ["", "US", 1])
    def test_impossible_arguments(self, region: Any) -> None:
        with pytest.raises(UsageError, match="is not a Region"):
            seen_bucket("bucket", region)
        with pytest.raises(UsageError, match="12 digits"):
            seen_bucket("bucket", account=region)
        name: Any = 7
        with pytest.raises(UsageError, match=r"^bucket=7 is not a name: give a str"):
            seen_bucket(name)
        with pytest.raises(UsageError, match=r"^index=7 is not a name: give a str"):
            seen_index("bucket", name)


def test_the_methods_of_a_mock_take_their_arguments_by_name(s3vectors_mock: MockS3Vectors) -> None:
    place: Any = {"bucket": "films", "index": "plots", "region": "eu-west-1", "account": "111122223333"}
    seeded = s3vectors_mock.seed(**place, vectors=[[1.0, 2.0]])
    assert s3vectors_mock.index(**place).arn == seeded.arn
    bucket = s3vectors_mock.bucket(name="films", region="eu-west-1", account="111122223333")
    assert bucket.indexes == ("plots",)

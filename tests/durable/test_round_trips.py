"""After a restart clients find all that they wrote: every setting, every float and every JSON value."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.durable.test_following import followed
from tests.storage.seen import ENCRYPTIONS, PLACES, client_at, seen
from tests.storage.test_round_trips import NAMES, RECORDS, TAG_TEXTS, TEXTS
from tests.support.helpers import POLICY, vector
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, has

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.helpers import Client

NUMBERS = count()
INDEX = {"vectorBucketName": "bucket", "indexName": "index"}
# Writes, each of which deletes some of what is there by then, with a restart after each.
WRITES = st.lists(st.tuples(RECORDS, st.sets(st.integers(0, 9), max_size=3)), min_size=1, max_size=3)


def new_file(folder: Path) -> Path:
    """A path for one example."""
    return folder / f"state-{next(NUMBERS)}.db"


def vectors_of(client: Client) -> tuple[str, bytes, list[str]]:
    """All vectors: metadata as text, so that 1 is not 1.0; the bytes of the data; the keys."""
    vectors = client.list_vectors(**INDEX, returnData=True, returnMetadata=True)["vectors"]
    data = np.array([entry.pop("data")["float32"] for entry in vectors], np.float32)
    return json.dumps(vectors), data.tobytes(), [entry["key"] for entry in vectors]


@given(writes=WRITES)
def test_all_vectors_are_there_bit_for_bit(quick_folder: Path, writes: list[tuple[Any, set[int]]]) -> None:
    file, client = new_file(quick_folder), client_at(*PLACES[0])
    with followed(file):
        client.create_vector_bucket(vectorBucketName="bucket")
        client.create_index(**INDEX, dataType="float32", dimension=3, distanceMetric="euclidean")
    before: Any = ("[]", b"", []), 0
    for records, places in writes:
        with followed(file) as (mock, _):
            assert (vectors_of(client), mock.usage().storage_bytes) == before
            if records:
                put = [{**vector(key, data), "metadata": facts} for key, (data, facts) in records.items()]
                client.put_vectors(**INDEX, vectors=put)
            keys = vectors_of(client)[2]
            gone = [keys[place] for place in places if place < len(keys)]
            if gone:
                client.delete_vectors(**INDEX, keys=gone)
            before = vectors_of(client), mock.usage().storage_bytes
    with followed(file) as (mock, _):
        assert (vectors_of(client), mock.usage().storage_bytes) == before
    file.unlink()


SOME_TAGS = st.dictionaries(TAG_TEXTS.map("t{}".format), TAG_TEXTS, max_size=3)
BUCKET_TAGS = {"tags": SOME_TAGS} if has(*TAGS) else {}
MODE = st.sampled_from(["CLASSIC", "ENHANCED"]) if has(*MODES) else st.just(None)
# UpdateMetadataConfiguration is for ENHANCED indexes. In their order, which clients see.
SEARCHED = st.dictionaries(TEXTS.filter(bool), st.sampled_from(["en", "de", None]), max_size=2)
BUCKETS = st.fixed_dictionaries(
    {
        "place": st.sampled_from(PLACES),
        "policy": st.sampled_from([None, POLICY, f" {POLICY} "]),
        "mode": MODE,
        "given": st.fixed_dictionaries(
            {}, optional={"encryptionConfiguration": st.sampled_from(ENCRYPTIONS[1:]), **BUCKET_TAGS}
        ),
    }
)
INDEXES = st.fixed_dictionaries(
    {
        "mode": MODE,
        "texts": SEARCHED if has(*TEXT_SEARCH) else st.just({}),
        "tags": SOME_TAGS if has(*TAGS) else st.just({}),
        "given": st.fixed_dictionaries(
            {
                "dimension": st.integers(1, 4096),
                "distanceMetric": st.sampled_from(["cosine", "euclidean"]),
                "dataType": st.just("float32"),
            },
            optional={
                **(
                    {"encryptionConfiguration": st.just(ENCRYPTIONS[1])}
                    if has("CreateIndex.encryptionConfiguration")
                    else {}
                ),
                "metadataConfiguration": st.fixed_dictionaries(
                    {
                        "nonFilterableMetadataKeys": st.lists(
                            TEXTS.filter(bool), min_size=1, max_size=3, unique=True
                        )
                    }
                ),
                **BUCKET_TAGS,
            },
        ),
    }
)


@pytest.mark.usefixtures("no_coverage")
@given(
    buckets=st.dictionaries(
        NAMES, st.tuples(BUCKETS, st.dictionaries(NAMES, INDEXES, max_size=2)), max_size=3
    )
)
def test_all_settings_are_there(quick_folder: Path, buckets: dict[str, Any]) -> None:
    file = new_file(quick_folder)
    with followed(file):
        for name, (bucket, indexes) in buckets.items():
            client = client_at(*bucket["place"])
            client.create_vector_bucket(vectorBucketName=name, **bucket["given"])
            for index, settings in indexes.items():
                client.create_index(vectorBucketName=name, indexName=index, **settings["given"])
        before = seen()
    with followed(file):
        assert seen() == before
        for name, (bucket, indexes) in buckets.items():
            change(client_at(*bucket["place"]), name, bucket, indexes)
        before = seen()
    with followed(file):
        assert seen() == before
    file.unlink()


def change(client: Client, name: str, bucket: Any, indexes: dict[str, Any]) -> None:
    """Make all changes of a bucket and its indexes that may come later."""
    if bucket["policy"] is not None:
        client.put_vector_bucket_policy(vectorBucketName=name, policy=bucket["policy"])
    if bucket["mode"] is not None:
        client.put_vector_bucket_default_index_mode(vectorBucketName=name, defaultIndexMode=bucket["mode"])
    for index, settings in indexes.items():
        address = {"vectorBucketName": name, "indexName": index}
        if settings["tags"]:
            arn = client.get_index(**address)["index"]["indexArn"]
            client.tag_resource(resourceArn=arn, tags=settings["tags"])
        if settings["texts"]:
            client.update_index_mode(**address, indexMode="ENHANCED")
            entries = [
                {"metadataKey": key, **({"language": language} if language else {})}
                for key, language in settings["texts"].items()
            ]
            client.update_metadata_configuration(**address, add={"textSearchConfigurations": entries})
        if settings["mode"] is not None:
            client.update_index_mode(**address, indexMode=settings["mode"])


def test_what_a_search_had_built_is_not_kept_and_not_missed(quick_folder: Path) -> None:
    """Filters, text search and pages of a restarted server are those from before."""
    file, client = quick_folder / "state.db", client_at(*PLACES[0])
    query: dict[str, Any] = {"queryVector": {"float32": [1, 1]}, "topK": 30, "filter": {"n": {"$gt": 3}}}

    def found() -> Any:
        answer = client.query_vectors(**INDEX, **query, returnMetadata=True, returnDistance=True)["vectors"]
        listed = client.list_vectors(**INDEX, segmentCount=2, segmentIndex=1)["vectors"]
        return answer, listed

    with followed(file):
        client.create_vector_bucket(vectorBucketName="bucket")
        client.create_index(**INDEX, dataType="float32", dimension=2, distanceMetric="euclidean")
        for shift in (0.0, 0.5):
            records = [vector(str(n), [n + shift, 1], n=n % 7, text=f"number {n}") for n in range(40)]
            client.put_vectors(**INDEX, vectors=records)
            found()
            client.delete_vectors(**INDEX, keys=[str(n) for n in range(0, 40, 3)])
            before = found()
    for _ in range(2):
        with followed(file):
            assert found() == before

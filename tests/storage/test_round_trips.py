"""A saved state comes back when it is loaded: every setting, every float and every JSON value."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.authorization import Policies, Principal, compile_policy
from mock_s3vectors.world.identities import Identity
from mock_s3vectors.world.keys import Key
from tests.storage.seen import ADDRESS, ENCRYPTIONS, PLACES, client_at, fill, seen, statement
from tests.support.helpers import shared_client, vector
from tests.support.mocks import world
from tests.support.shapes import TEXT_SEARCH, has, needs

if TYPE_CHECKING:
    from pathlib import Path


def test_one_of_everything_comes_back(tmp_path: Path) -> None:
    with mock_s3vectors() as mock:
        fill()
        before = seen()
        mock.save(tmp_path / "state.db")
    with mock_s3vectors() as mock:
        assert seen() != before
        mock.load(tmp_path / "state.db")
        assert seen() == before
        mock.save(tmp_path / "again.db")
    with mock_s3vectors(state=tmp_path / "again.db"):
        assert seen() == before


def test_what_comes_back_works_as_before(tmp_path: Path) -> None:
    """Filters, search for text, policies and keys are made anew of what the file has."""
    with mock_s3vectors() as mock:
        fill()
        mock.save(tmp_path / "state.db")
    with mock_s3vectors(state=tmp_path / "state.db") as mock:
        client = client_at(*PLACES[0])
        query = {"topK": 5, "queryVector": {"float32": [0.1, 0]}}
        found = client.query_vectors(**ADDRESS, **query, filter={"texts": "b"})["vectors"]
        assert sorted(hit["key"] for hit in found) == ["0 a", "0 b", "0 c"]
        assert mock.usage().storage_bytes > 0
        with pytest.raises(client.exceptions.ValidationException, match="non-filterable"):
            client.query_vectors(**ADDRESS, **query, filter={"text": "b"})
        user = mock.iam.user("reader").allow("ListVectorBuckets")  # the role has this name, no user has
        assert boto3.client("s3vectors", region_name="us-east-1", **user).list_vector_buckets()
        client.put_vectors(**ADDRESS, vectors=[vector("0 a", [5, 5]), vector("new", [1, 1])])
        client.delete_vectors(**ADDRESS, keys=["0 b"])
        assert set(mock.index("films", "plots.en", "us-east-1")) == {"0 a", "0 c", "\0 ü\n", "new"}
        with pytest.raises(client.exceptions.ClientError, match="asynchronous indexing"):
            client_at(*PLACES[2]).create_index(
                vectorBucketName="films",
                indexName="new",
                dataType="float32",
                dimension=1,
                distanceMetric="cosine",
            )


def test_credentials_of_identities_are_those_from_before(tmp_path: Path) -> None:
    with mock_s3vectors() as mock:
        fill()
        user = mock.iam.user("lister").allow("ListVectorBuckets")
        mock.save(tmp_path / "state.db")
    client = boto3.client("s3vectors", region_name="us-east-1", **user)
    with mock_s3vectors(state=tmp_path / "state.db"):
        assert len(client.list_vector_buckets()["vectorBuckets"]) == 2
        with pytest.raises(client.exceptions.AccessDeniedException):
            client.get_vector_bucket(vectorBucketName="empty")


@needs(*TEXT_SEARCH)
def test_times_come_back_as_moments(tmp_path: Path) -> None:
    """An index that is not found yet, and a text search that is BUILDING, go on by the clock."""
    with mock_s3vectors(text_build_seconds=60, index_delay=60, default_index_mode="ENHANCED") as mock:
        mock.clock.freeze()
        mock.clock.move_to("2027-01-31T12:00:00Z")
        client = client_at(*PLACES[0])
        mock.seed("films", "plots", [[1.0]], keys=["a"], metadata=[{"text": "a whale"}])
        added = {"textSearchConfigurations": [{"metadataKey": "text", "language": "en"}]}
        client.update_metadata_configuration(vectorBucketName="films", indexName="plots", add=added)
        client.create_index(
            vectorBucketName="films",
            indexName="later",
            dataType="float32",
            dimension=1,
            distanceMetric="cosine",
        )
        mock.save(tmp_path / "state.db")
    with mock_s3vectors(state=tmp_path / "state.db") as mock:
        for moment, status in (("2027-01-31T12:00:59Z", "BUILDING"), ("2027-01-31T12:01:00Z", "ACTIVE")):
            mock.clock.freeze()
            mock.clock.move_to(moment)
            index = client.get_index(vectorBucketName="films", indexName="plots")["index"]
            (text,) = index["metadataConfiguration"]["textSearchConfigurations"]
            assert text == {"metadataKey": "text", "language": "en", "status": status}
            names = [found["indexName"] for found in client.list_indexes(vectorBucketName="films")["indexes"]]
            assert names == (["plots"] if status == "BUILDING" else ["later", "plots"])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.one_of(
    st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False), st.just(-0.0)
)
VALUES = st.one_of(
    TEXTS,
    NUMBERS,
    st.booleans(),
    st.lists(TEXTS, min_size=1, max_size=3),
    st.lists(NUMBERS, min_size=1, max_size=3),
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=32)
RECORDS = st.dictionaries(
    TEXTS.filter(bool),
    st.tuples(st.lists(FLOATS, min_size=3, max_size=3), st.dictionaries(TEXTS, VALUES, max_size=6)),
    max_size=5,
)


@given(records=RECORDS)
def test_all_vectors_come_back_bit_for_bit(tmp_path: Path, records: dict[str, Any]) -> None:
    client, index = shared_client(), {"vectorBucketName": "bucket", "indexName": "index"}

    def found() -> tuple[str, bytes]:
        vectors = client.list_vectors(**index, returnData=True, returnMetadata=True)["vectors"]
        data = np.array([entry.pop("data")["float32"] for entry in vectors], np.float32)
        return json.dumps(vectors), data.tobytes()

    with mock_s3vectors() as mock:
        client.create_vector_bucket(vectorBucketName="bucket")
        client.create_index(**index, dataType="float32", dimension=3, distanceMetric="euclidean")
        if records:
            put = [{**vector(key, data), "metadata": metadata} for key, (data, metadata) in records.items()]
            client.put_vectors(**index, vectors=put)
        before, usage = found(), mock.usage().storage_bytes
        mock.save(tmp_path / "state.db")
    with mock_s3vectors(state=tmp_path / "state.db") as mock:
        assert found() == before
        assert mock.usage().storage_bytes == usage


ARN = "arn:aws:iam::123456789012:user/reader"
POLICY_TEXTS = (
    st.sampled_from(["*", "s3vectors:Get*", "s3vectors:QueryVectors"]).map(statement).map(json.dumps)
)
OPTIONAL_TEXTS = st.none() | TEXTS


def policies(kind: Any) -> Any:
    """Strategy: a compiled policy."""
    return st.builds(compile_policy, POLICY_TEXTS, st.just(kind), name=TEXTS, arn=OPTIONAL_TEXTS)


PRINCIPALS = st.builds(
    Principal,
    arn=st.just(ARN),
    account=st.just("123456789012"),
    kind=st.sampled_from(["user", "session"]),
    role_arn=st.sampled_from([None, "arn:aws:iam::123456789012:role/reader"]),
    name=OPTIONAL_TEXTS,
    unique_id=TEXTS,
    tags=st.dictionaries(TEXTS, TEXTS, max_size=2),
)
IDENTITIES = st.builds(
    Identity,
    principal=PRINCIPALS,
    policies=st.builds(
        Policies,
        identity=st.none() | st.lists(policies("identity"), max_size=2).map(tuple),
        boundary=st.none() | policies("boundary"),
        session=st.none() | policies("session"),
    ),
    access_key_id=TEXTS,
    secret_access_key=TEXTS,
    session_token=OPTIONAL_TEXTS,
    always_decided=st.booleans(),
    fault=OPTIONAL_TEXTS,
    issued=st.none() | st.floats(0, 2**40),
)
KEYS = st.builds(
    Key,
    arn=TEXTS,
    state=TEXTS,
    usage=TEXTS,
    admits_indexing=st.booleans(),
    is_forgotten=st.booleans(),
    policy=OPTIONAL_TEXTS,
)


@given(identities=st.lists(IDENTITIES, max_size=3), keys=st.lists(KEYS, max_size=3))
def test_all_fields_of_identities_and_keys_come_back(
    tmp_path: Path, identities: list[Identity], keys: list[Key]
) -> None:
    def held() -> str:
        return repr((world().identities.all(), world().keys.all()))

    with mock_s3vectors() as mock:
        for identity in identities:
            world().identities.put(identity)
        for key in keys:
            world().keys.put(key)
        before = held()
        mock.save(tmp_path / "state.db")
    with mock_s3vectors(state=tmp_path / "state.db"):
        assert held() == before


def test_the_strategies_know_all_fields() -> None:
    """A new field of an identity or a key has to come back, too."""
    fields_of = {kind: [field.name for field in fields(kind)] for kind in (Identity, Principal, Key)}
    assert fields_of == {
        Identity: [
            "principal",
            "policies",
            "access_key_id",
            "secret_access_key",
            "session_token",
            "always_decided",
            "fault",
            "issued",
        ],
        Principal: ["arn", "account", "kind", "role_arn", "name", "unique_id", "tags"],
        Key: ["arn", "state", "usage", "admits_indexing", "is_forgotten", "policy"],
    }


NAMES = st.text("abcxyz019", min_size=3, max_size=8)
TAG_TEXTS = st.text(st.characters(categories=["L", "N"], include_characters=" _.:/=+-@"), max_size=8)
TEXT_SEARCHES = st.lists(
    st.fixed_dictionaries(
        {"metadataKey": TEXTS.filter(bool)}, optional={"language": st.sampled_from(["en", "de", "ja"])}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda entry: entry["metadataKey"],
)
SETTINGS = st.fixed_dictionaries(
    {
        "dimension": st.integers(1, 4096),
        "distanceMetric": st.sampled_from(["cosine", "euclidean"]),
        "dataType": st.just("float32"),
    },
    optional={
        "metadataConfiguration": st.fixed_dictionaries(
            {"nonFilterableMetadataKeys": st.lists(TEXTS.filter(bool), min_size=1, max_size=3, unique=True)},
            optional={"textSearchConfigurations": TEXT_SEARCHES} if has(*TEXT_SEARCH) else {},
        ),
        **(
            {"encryptionConfiguration": st.sampled_from(ENCRYPTIONS[1:])}
            if has("CreateIndex.encryptionConfiguration")
            else {}
        ),
        **(
            {"tags": st.dictionaries(TAG_TEXTS.map("t{}".format), TAG_TEXTS, max_size=3)}
            if has("CreateIndex.tags")
            else {}
        ),
    },
)


@pytest.mark.usefixtures("no_coverage")
@given(indexes=st.dictionaries(st.tuples(NAMES, NAMES), SETTINGS, max_size=4))
def test_all_settings_come_back(tmp_path: Path, indexes: dict[tuple[str, str], Any]) -> None:
    client = shared_client()
    with mock_s3vectors() as mock:
        for bucket in {bucket for bucket, _ in indexes}:
            client.create_vector_bucket(vectorBucketName=bucket)
        for (bucket, name), settings in indexes.items():
            client.create_index(vectorBucketName=bucket, indexName=name, **settings)
        before = seen()
        mock.save(tmp_path / "state.db")
    with mock_s3vectors(state=tmp_path / "state.db"):
        assert seen() == before

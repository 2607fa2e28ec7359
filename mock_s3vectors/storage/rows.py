"""The rows of a state file, made of what a world holds, and read back: see `schema` for the tables.

Only what a row says is checked here, since others may write such files: whoever reads one turns the
exceptions of this module into a refusal of the file.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import repeat
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.arns import Arn
from mock_s3vectors.authorization import Policies, Principal, compile_policy
from mock_s3vectors.world.identities import Identity
from mock_s3vectors.world.keys import Key
from mock_s3vectors.world.resources import Index, TextSearch, VectorBucket
from mock_s3vectors.world.tables import VectorTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.authorization import Policy

# As in the file, whatever the order of bytes of this machine.
FLOAT32 = "<f4"

Columns = dict[str, Any]


def bucket_columns(bucket: VectorBucket) -> Columns:
    """Return the columns of a vector bucket, without its id."""
    return {
        "account": bucket.arn.account,
        "region": bucket.arn.region,
        "partition": bucket.arn.partition,
        "name": bucket.name,
        "creation_time": bucket.creation_time,
        "encryption": json.dumps(bucket.encryption),
        "supports_classic": int(bucket.supports_classic),
        "default_index_mode": bucket.default_index_mode,
        "tags": json.dumps(bucket.tags),
        "policy": None if bucket.policy is None else bucket.policy.text,
    }


def bucket_of(columns: Mapping[str, Any]) -> VectorBucket:
    """Return the vector bucket of a row, without indexes."""
    arn = Arn(columns["partition"], columns["region"], columns["account"], columns["name"])
    return VectorBucket(
        arn=arn,
        name=arn.bucket,
        creation_time=columns["creation_time"],
        encryption=json.loads(columns["encryption"]),
        supports_classic=bool(columns["supports_classic"]),
        default_index_mode=columns["default_index_mode"],
        tags=json.loads(columns["tags"]),
        policy=bucket_policy(columns["policy"]),
    )


def bucket_policy(text: str | None) -> Policy | None:
    """Return the policy of a bucket, compiled as PutVectorBucketPolicy compiles it; None if it has none."""
    return None if text is None else compile_policy(text, "resource", name="the bucket policy")


def index_columns(index: Index) -> Columns:
    """Return the columns of an index, without its id and that of its bucket."""
    configuration = index.metadata_configuration
    return {
        "name": index.name,
        "creation_time": index.creation_time,
        "data_type": index.data_type,
        "dimension": index.dimension,
        "distance_metric": index.distance_metric,
        "metadata_configuration": None if configuration is None else json.dumps(configuration),
        "text_search": json.dumps({key: asdict(text) for key, text in index.text_search.items()}),
        "encryption": json.dumps(index.encryption),
        "mode": index.mode,
        "tags": json.dumps(index.tags),
        "found_from": index.found_from,
    }


def index_of(columns: Mapping[str, Any], bucket: VectorBucket) -> Index:
    """Return the index of a row, without vectors; it is not yet added to its bucket."""
    bucket_arn, name, configuration = bucket.arn, columns["name"], columns["metadata_configuration"]
    text_search = json.loads(columns["text_search"])
    return Index(
        arn=Arn(bucket_arn.partition, bucket_arn.region, bucket_arn.account, bucket.name, name),
        name=name,
        creation_time=columns["creation_time"],
        data_type=columns["data_type"],
        distance_metric=columns["distance_metric"],
        metadata_configuration=None if configuration is None else json.loads(configuration),
        text_search={key: TextSearch(**text) for key, text in text_search.items()},
        encryption=json.loads(columns["encryption"]),
        mode=columns["mode"],
        tags=json.loads(columns["tags"]),
        table=VectorTable(columns["dimension"], columns["distance_metric"]),
        found_from=columns["found_from"],
    )


def vector_rows(
    index_id: int, keys: Iterable[str], data: NDArray[np.float32], metadata: Iterable[dict[str, Any]]
) -> Iterator[tuple[int, str, bytes, str]]:
    """Return the columns of vectors, in the order of `VECTOR_COLUMNS`.

    Args:
        index_id: that of the row of their index.
        keys: those of the vectors.
        data: shape (len(keys), dimension), C-contiguous.
        metadata: that of each vector.
    """
    # A row becomes one value of so many bytes, and those a list at C speed.
    pieces = data.astype(FLOAT32, copy=False).view(f"V{data.shape[1] * data.itemsize}")[:, 0].tolist()
    texts = (orjson.dumps(document).decode() for document in metadata)
    return zip(repeat(index_id), keys, pieces, texts, strict=False)


VECTOR_COLUMNS = ("index_id", "key", "data", "metadata")


def identity_columns(identity: Identity) -> Columns:
    """Return the columns of an identity: its document has the fields of `Identity`, its policies as texts."""
    policies = identity.policies
    document = {
        "principal": asdict(identity.principal),
        "policies": {
            "identity": None if policies.identity is None else [*map(_policy_document, policies.identity)],
            "boundary": policies.boundary and _policy_document(policies.boundary),
            "session": policies.session and _policy_document(policies.session),
        },
        "access_key_id": identity.access_key_id,
        "secret_access_key": identity.secret_access_key,
        "session_token": identity.session_token,
        "always_decided": identity.always_decided,
    }
    return {"access_key_id": identity.access_key_id, "document": json.dumps(document)}


def identity_of(text: str) -> Identity:
    """Return the identity of a document."""
    document = json.loads(text)
    policies = document.pop("policies")
    own = policies["identity"]
    return Identity(
        principal=Principal(**document.pop("principal")),
        policies=Policies(
            identity=None if own is None else tuple(map(_policy_of, own)),
            boundary=policies["boundary"] and _policy_of(policies["boundary"]),
            session=policies["session"] and _policy_of(policies["session"]),
        ),
        **document,
    )


def _policy_document(policy: Policy) -> dict[str, Any]:
    return {"kind": policy.kind, "name": policy.name, "arn": policy.arn, "text": policy.text}


def _policy_of(document: dict[str, Any]) -> Policy:
    return compile_policy(document["text"], document["kind"], name=document["name"], arn=document["arn"])


def key_columns(key: Key) -> Columns:
    """Return the columns of a KMS key: its document has the fields of `Key`."""
    return {"arn": key.arn, "document": json.dumps(asdict(key))}


def key_of(text: str) -> Key:
    """Return the key of a document."""
    return Key(**json.loads(text))


def insertion(table: str, columns: Iterable[str]) -> str:
    """Return the SQL that inserts a row with these columns."""
    names = tuple(columns)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of ours only

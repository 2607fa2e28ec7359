"""The rows of a state file, made of what a world holds, and read back: see `schema` for the tables.

A file may be damaged, or written by others: reading a row raises a ValueError, TypeError, LookupError,
AttributeError or PolicyError unless the row says something that a world can hold.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.arns import Arn, parse_arn
from mock_s3vectors.authorization import Policies, Principal, compile_policy
from mock_s3vectors.operations.helpers.records import vector_faults
from mock_s3vectors.world.identities import Identity
from mock_s3vectors.world.keys import Key
from mock_s3vectors.world.resources import Index, TextSearch, VectorBucket
from mock_s3vectors.world.tables import VectorTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.authorization import Policy

# As in the file, whatever the order of bytes of this machine.
FLOAT32 = "<f4"

_MODES = ("CLASSIC", "ENHANCED")
_METRICS = ("cosine", "euclidean")
_DIMENSIONS = range(1, 4097)

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
    arn = _checked(Arn(columns["partition"], columns["region"], columns["account"], columns["name"]))
    return VectorBucket(
        arn=arn,
        name=arn.bucket,
        creation_time=int(columns["creation_time"]),
        encryption=_texts(columns["encryption"]),
        supports_classic=bool(columns["supports_classic"]),
        default_index_mode=_one_of(_MODES, columns["default_index_mode"]),
        tags=_texts(columns["tags"]),
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
    configuration, text_search = columns["metadata_configuration"], json.loads(columns["text_search"])
    dimension, metric = columns["dimension"], _one_of(_METRICS, columns["distance_metric"])
    if dimension not in _DIMENSIONS:
        raise ValueError(f"{dimension!r} is not a dimension")
    arn = _checked(replace(bucket.arn, index=columns["name"]))
    return Index(
        arn=arn,
        name=columns["name"],
        creation_time=int(columns["creation_time"]),
        data_type=_one_of(("float32",), columns["data_type"]),
        distance_metric=metric,
        metadata_configuration=None if configuration is None else dict(json.loads(configuration)),
        text_search={key: TextSearch(**_known(TextSearch, text)) for key, text in text_search.items()},
        encryption=_texts(columns["encryption"]),
        mode=_one_of(_MODES, columns["mode"]),
        tags=_texts(columns["tags"]),
        table=VectorTable(dimension, metric),
        found_from=columns["found_from"],
    )


def _checked(arn: Arn) -> Arn:
    if parse_arn(str(arn)) != arn:
        raise ValueError(f"{arn} is not an ARN")
    return arn


def _one_of(known: tuple[str, ...], value: Any) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def _texts(document: str) -> dict[str, str]:
    """Return an object of JSON whose values are texts."""
    texts = dict(json.loads(document))
    if not {str}.issuperset(map(type, texts.values())):
        raise TypeError(f"{document} has a value that is not a text")
    return texts


def vector_rows(
    index_id: int, keys: Iterable[str], data: NDArray[np.float32], metadata: Iterable[dict[str, Any]]
) -> Iterator[tuple[int, str, bytes, str]]:
    """Return the columns of vectors, in the order of `VECTOR_COLUMNS`.

    Args:
        index_id: that of the row of their index.
        keys: those of the vectors.
        data: shape (len(keys), dimension), float32.
        metadata: that of each vector.
    """
    # A row becomes one value of so many bytes, and those a list at C speed.
    floats = np.ascontiguousarray(data, FLOAT32)
    pieces = floats.view(f"V{floats.shape[1] * floats.itemsize}")[:, 0].tolist()
    texts = (orjson.dumps(document).decode() for document in metadata)
    return zip(repeat(index_id), keys, pieces, texts, strict=False)


def vectors_of(
    keys: Sequence[str], pieces: Sequence[bytes], texts: Sequence[str], index: Index
) -> tuple[NDArray[np.float32], list[dict[str, Any]]]:
    """Return the vectors, shape (len(keys), dimension), and the metadata of rows.

    Raises:
        ValueError: the index cannot have them.
    """
    lengths = set(map(len, pieces))
    if not {str}.issuperset(map(type, keys)) or not lengths <= {index.dimension * np.float32().itemsize}:
        raise ValueError("a vector has an impossible key or length")
    floats = np.frombuffer(b"".join(pieces), FLOAT32).reshape(len(keys), index.dimension)
    if vector_faults(floats, index.distance_metric):
        raise ValueError("a vector has an impossible value")
    # One text for all takes a quarter of the time.
    documents = orjson.loads(f"[{','.join(texts)}]")
    if len(documents) != len(keys) or not {dict}.issuperset(map(type, documents)):
        raise ValueError("metadata is not a JSON object")
    return floats.astype(np.float32, copy=False), documents


VECTOR_COLUMNS = ("index_id", "key", "data", "metadata")


def identity_columns(identity: Identity) -> Columns:
    """Return the columns of an identity: its document has the fields of `Identity`, its policies as texts."""
    policies = identity.policies
    document = {
        **{field.name: getattr(identity, field.name) for field in fields(Identity)},
        "principal": asdict(identity.principal),
        "policies": {
            "identity": None if policies.identity is None else [*map(_policy_document, policies.identity)],
            "boundary": policies.boundary and _policy_document(policies.boundary),
            "session": policies.session and _policy_document(policies.session),
        },
    }
    return {"access_key_id": identity.access_key_id, "document": json.dumps(document)}


def identity_of(text: str) -> Identity:
    """Return the identity of a document."""
    document = json.loads(text)
    policies = document.pop("policies")
    own = policies["identity"]
    return Identity(
        principal=Principal(**_known(Principal, document.pop("principal"))),
        policies=Policies(
            identity=None if own is None else tuple(map(_policy_of, own)),
            boundary=policies["boundary"] and _policy_of(policies["boundary"]),
            session=policies["session"] and _policy_of(policies["session"]),
        ),
        **_known(Identity, document),
    )


def _known(kind: type, document: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a document that are fields of a class: a later version may have more."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in document.items() if name in names}


def _policy_document(policy: Policy) -> dict[str, Any]:
    return {"kind": policy.kind, "name": policy.name, "arn": policy.arn, "text": policy.text}


def _policy_of(document: dict[str, Any]) -> Policy:
    return compile_policy(document["text"], document["kind"], name=document["name"], arn=document["arn"])


def key_columns(key: Key) -> Columns:
    """Return the columns of a KMS key: its document has the fields of `Key`."""
    return {"arn": key.arn, "document": json.dumps(asdict(key))}


def key_of(text: str) -> Key:
    """Return the key of a document."""
    return Key(**_known(Key, json.loads(text)))


def insertion(table: str, columns: Iterable[str]) -> str:
    """Return the SQL that inserts a row with these columns."""
    names = tuple(columns)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of ours only

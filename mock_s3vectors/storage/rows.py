"""The rows of a state file, made of what a world holds, and read back: see `schema` for the tables.

A file may be damaged, or written by others: reading a row raises one of `FAULTS` unless the row says
something that a world can hold, and calls can answer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, cast

import orjson

from mock_s3vectors.arns import Arn, parse_arn
from mock_s3vectors.authorization import Policies, Principal, compile_policy
from mock_s3vectors.world.identities import Identity
from mock_s3vectors.world.keys import Key
from mock_s3vectors.world.resources import Index, TextSearch, VectorBucket
from mock_s3vectors.world.tables import VectorTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.authorization.statements import PolicyKind

_MODES = ("CLASSIC", "ENHANCED")
_METRICS = ("cosine", "euclidean")
_DIMENSIONS = range(1, 4097)
_ENCRYPTIONS = ("AES256", "aws:kms")
_PRINCIPALS = ("user", "session", "root")
_POLICIES = ("identity", "boundary", "session")
# No timestamp can be written from the year 10000 on.
_MOMENTS = range(253_402_300_800)
# How many parts the ARN of an identity or a key has, at least.
_ARN_PARTS = 6

# Rows that are not as they were written: a text is not JSON, or is a number, or has no policy (a PolicyError
# is a ValueError).
FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

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
        creation_time=_moment(columns["creation_time"]),
        encryption=_encryption(columns["encryption"]),
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
    configuration, text_search = columns["metadata_configuration"], _object(columns["text_search"])
    dimension, metric = columns["dimension"], _one_of(_METRICS, columns["distance_metric"])
    if dimension not in _DIMENSIONS:
        raise ValueError(f"{dimension!r} is not a dimension")
    arn = _checked(replace(bucket.arn, index=columns["name"]))
    return Index(
        arn=arn,
        name=columns["name"],
        creation_time=_moment(columns["creation_time"]),
        data_type=_one_of(("float32",), columns["data_type"]),
        distance_metric=metric,
        metadata_configuration=None if configuration is None else _metadata_configuration(configuration),
        text_search={key: TextSearch(**_known(TextSearch, text)) for key, text in text_search.items()},
        encryption=_encryption(columns["encryption"]),
        mode=_one_of(_MODES, columns["mode"]),
        tags=_texts(columns["tags"]),
        table=VectorTable(dimension, metric),
        found_from=_of_type("float | None", "found_from", columns["found_from"]),
    )


def _checked(arn: Arn) -> Arn:
    if parse_arn(str(arn)) != arn:
        raise ValueError(f"{arn} is not an ARN")
    return arn


def _one_of(known: tuple[str, ...], value: Any) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def _moment(seconds: Any) -> int:
    if type(seconds) is not int or seconds not in _MOMENTS:
        raise ValueError(f"{seconds!r:.100} is not a time")
    return seconds


def _object(document: str, loads: Callable[[str], Any] = orjson.loads) -> dict[str, Any]:
    """Return an object of JSON."""
    found = loads(document)
    if type(found) is not dict:
        raise TypeError(f"{document:.100} is not a JSON object")
    return found


def _texts(document: str) -> dict[str, str]:
    """Return an object of JSON whose values are texts."""
    return _of_texts(_object(document))


def _of_texts(found: Any) -> dict[str, str]:
    if not {str}.issuperset(map(type, found.values())):
        raise TypeError(f"{found!r:.100} has a value that is not a text")
    return dict(found)


def _encryption(document: str) -> dict[str, str]:
    encryption = _texts(document)
    _one_of(_ENCRYPTIONS, encryption["sseType"])
    if "kmsKeyArn" in encryption:
        _checked_arn(encryption["kmsKeyArn"])
    return encryption


def _checked_arn(text: str) -> str:
    if not text.startswith("arn:") or len(text.split(":", _ARN_PARTS - 1)) < _ARN_PARTS:
        raise ValueError(f"{text:.100} is not an ARN")
    return text


def _metadata_configuration(document: str) -> dict[str, Any]:
    configuration = _object(document)
    keys = configuration.get("nonFilterableMetadataKeys", [])
    if type(keys) is not list or not {str}.issuperset(map(type, keys)):
        raise TypeError(f"{keys!r:.100} is not a list of keys")
    return configuration


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
    document = _object(text, json.loads)  # a policy, as a text, may have any characters
    policies = document.pop("policies")
    own, boundary, session = policies["identity"], policies["boundary"], policies["session"]
    return Identity(
        principal=_principal_of(document.pop("principal")),
        policies=Policies(
            identity=None if own is None else tuple(map(_policy_of, own)),
            boundary=None if boundary is None else _policy_of(boundary),
            session=None if session is None else _policy_of(session),
        ),
        **_known(Identity, document),
    )


def _principal_of(document: dict[str, Any]) -> Principal:
    principal = Principal(**_known(Principal, document))
    _one_of(_PRINCIPALS, principal.kind)
    _of_texts(principal.tags)
    for arn in (principal.arn, *filter(None, (principal.role_arn,))):
        _checked_arn(arn)
    return principal


def _known(kind: type, document: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a document that are fields of a class: a later version may have more."""
    known = {field.name: field.type for field in fields(kind)}
    return {name: _of_type(known[name], name, value) for name, value in document.items() if name in known}


# By the annotations of fields; other fields are checked by whoever reads them.
_TYPES: dict[Any, set[type]] = {
    "str": {str},
    "str | None": {str, type(None)},
    "bool": {bool},
    "float | None": {float, int, type(None)},
}


def _of_type(annotation: Any, name: str, value: Any) -> Any:
    """Return a value that has the type of an annotation."""
    if type(value) not in _TYPES.get(annotation, {type(value)}):
        raise TypeError(f"{name} is {value!r:.100}")
    return value


def _policy_document(policy: Policy) -> dict[str, Any]:
    return {"kind": policy.kind, "name": policy.name, "arn": policy.arn, "text": policy.text}


def _policy_of(document: dict[str, Any]) -> Policy:
    kind, name, arn = document["kind"], document["name"], document["arn"]
    return compile_policy(
        document["text"],
        cast("PolicyKind", _one_of(_POLICIES, kind)),
        name=_of_type("str", "name", name),
        arn=_of_type("str | None", "arn", arn),
    )


def key_columns(key: Key) -> Columns:
    """Return the columns of a KMS key: its document has the fields of `Key`."""
    return {"arn": key.arn, "document": json.dumps(asdict(key))}


def key_of(text: str) -> Key:
    """Return the key of a document."""
    return Key(**_known(Key, _object(text)))


def insertion(table: str, columns: Iterable[str]) -> str:
    """Return the SQL that inserts a row with these columns."""
    names = tuple(columns)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of ours only

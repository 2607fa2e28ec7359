"""PutVectorBucketPolicy, GetVectorBucketPolicy, DeleteVectorBucketPolicy: kept, not enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors import errors
from mock_s3vectors.operations.addressing import addressed_vector_bucket

if TYPE_CHECKING:
    from mock_s3vectors.operations.call import Call, Params, Result


def put_vector_bucket_policy(call: Call, params: Params) -> Result:
    """Keeps the text of a policy, replacing the one before."""
    place = addressed_vector_bucket(call, params)
    with place.lock:
        bucket = place.vector_bucket()
        _check_policy(params["policy"])
        bucket.policy = params["policy"]
    return {}


def get_vector_bucket_policy(call: Call, params: Params) -> Result:
    """Returns the text as it was put."""
    policy = addressed_vector_bucket(call, params).vector_bucket().policy
    if policy is None:
        raise errors.policy_not_found()
    return {"policy": policy}


def delete_vector_bucket_policy(call: Call, params: Params) -> Result:
    """Forgets the policy. Choice: also where there is none."""
    place = addressed_vector_bucket(call, params)
    with place.lock:
        place.vector_bucket().policy = None
    return {}


# What every statement has besides its effect: one of each pair.
_PAIRS = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))


def _check_policy(text: str) -> None:
    """Raise unless a text is a policy of a resource, as far as IAM's grammar says which elements it has.

    Choice: no more is asked yet; in particular, no name of an action, resource or principal is looked up.

    Raises:
        ValidationException: names the first statement that is none, and what is wrong there.
    """
    try:
        document: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise errors.malformed_policy() from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        _check_statement("Statement", statements)
    elif isinstance(statements, list) and statements:
        for position, statement in enumerate(statements):
            _check_statement(f"Statement[{position}]", statement)
    else:
        raise errors.malformed_policy("Statement must be an object or an array of objects")


def _check_statement(place: str, statement: Any) -> None:
    if not isinstance(statement, dict):
        raise errors.malformed_policy(f"{place} must be an object")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise errors.malformed_policy(f"{place} must have an Effect, which is Allow or Deny")
    for pair in _PAIRS:
        present = [name for name in pair if name in statement]
        if len(present) != 1:
            raise errors.malformed_policy(f"{place} must have either {pair[0]} or {pair[1]}")
        (name,) = present
        kind, is_kind = _PRINCIPAL if name in _PAIRS[0] else _NAMES
        if not is_kind(statement[name]):
            raise errors.malformed_policy(f"{place}.{name} must be {kind}")


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)
    )


def _is_principal(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, dict) and bool(value) and all(map(_is_names, value.values()))
    )


# What an element is, in words and in code.
_NAMES = ("a string or an array of strings, which is not empty", _is_names)
_PRINCIPAL = ("a string or an object of strings and arrays of strings, which are not empty", _is_principal)

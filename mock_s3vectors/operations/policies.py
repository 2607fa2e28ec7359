"""PutVectorBucketPolicy, GetVectorBucketPolicy, DeleteVectorBucketPolicy. Policies are kept, not enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import addressed_vector_bucket

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Exchange, Params, Result


def put_vector_bucket_policy(exchange: Exchange, params: Params) -> Result:
    """Keep the text of a policy, and drop the one before."""
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        bucket = place.vector_bucket()
        _check_policy(params["policy"])
        bucket.set_policy(params["policy"])
    return {}


def get_vector_bucket_policy(exchange: Exchange, params: Params) -> Result:
    """Return the text of the policy as it was put."""
    policy = addressed_vector_bucket(exchange, params).vector_bucket().policy
    if policy is None:
        raise refusals.policy_not_found()
    return {"policy": policy}


def delete_vector_bucket_policy(exchange: Exchange, params: Params) -> Result:
    """Forget the policy, if there is one. Choice: delete-missing-policy."""
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        place.vector_bucket().set_policy(None)
    return {}


def _check_policy(text: str) -> None:
    """Raise unless a text is a resource policy with the elements that IAM's grammar requires.

    Choice: policy-grammar. Choice: policy-names.

    Raises:
        ValidationException: names the first statement with a fault, and the fault.
    """
    try:
        document: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise refusals.malformed_policy() from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        _check_statement("Statement", statements)
    elif isinstance(statements, list) and statements:
        for position, statement in enumerate(statements):
            _check_statement(f"Statement[{position}]", statement)
    else:
        raise refusals.malformed_policy("Statement must be an object or an array of objects")


def _check_statement(place: str, statement: Any) -> None:
    if not isinstance(statement, dict):
        raise refusals.malformed_policy(f"{place} must be an object")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise refusals.malformed_policy(f"{place} must have an Effect, which is Allow or Deny")
    for name, opposite, kind, is_kind in _ELEMENTS:
        present = [either for either in (name, opposite) if either in statement]
        if len(present) != 1:
            raise refusals.malformed_policy(f"{place} must have either {name} or {opposite}")
        if not is_kind(statement[present[0]]):
            raise refusals.malformed_policy(f"{place}.{present[0]} must be {kind}")


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)
    )


def _is_principal(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, dict) and bool(value) and all(map(_is_names, value.values()))
    )


_NAMES = ("a string or an array of strings, which is not empty", _is_names)
_PRINCIPAL = ("a string or an object of strings and arrays of strings, which are not empty", _is_principal)

# Each element that a statement needs besides its effect: its opposite, and its form in words and in code.
_ELEMENTS = (
    ("Principal", "NotPrincipal", *_PRINCIPAL),
    ("Action", "NotAction", *_NAMES),
    ("Resource", "NotResource", *_NAMES),
)

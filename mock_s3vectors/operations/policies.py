"""PutVectorBucketPolicy, GetVectorBucketPolicy, DeleteVectorBucketPolicy: kept, not enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors import errors
from mock_s3vectors.operations.addressing import (
    addressed_vector_bucket,
    find_vector_bucket,
    store_of,
    vector_bucket_in,
)

if TYPE_CHECKING:
    from mock_s3vectors.operations.call import Call, Params, Result


def put_vector_bucket_policy(call: Call, params: Params) -> Result:
    """Keeps the text of a policy, replacing the one before."""
    arn = addressed_vector_bucket(call, params)
    store = store_of(call, arn)
    with store.lock:
        bucket = vector_bucket_in(store, arn)
        if not _is_policy(params["policy"]):
            raise errors.malformed_policy()
        bucket.policy = params["policy"]
    return {}


def get_vector_bucket_policy(call: Call, params: Params) -> Result:
    """Returns the text as it was put."""
    policy = find_vector_bucket(call, params).policy
    if policy is None:
        raise errors.policy_not_found()
    return {"policy": policy}


def delete_vector_bucket_policy(call: Call, params: Params) -> Result:
    """Forgets the policy. Choice: also where there is none."""
    arn = addressed_vector_bucket(call, params)
    store = store_of(call, arn)
    with store.lock:
        vector_bucket_in(store, arn).policy = None
    return {}


def _is_policy(text: str) -> bool:
    """Whether a text is a JSON object with statements in it. Choice: no more is asked of it yet."""
    try:
        document: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(document, dict):
        return False
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    return (
        isinstance(statements, list)
        and bool(statements)
        and all(isinstance(statement, dict) for statement in statements)
    )

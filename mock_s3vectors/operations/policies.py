"""PutVectorBucketPolicy, GetVectorBucketPolicy, DeleteVectorBucketPolicy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import addressed_vector_bucket

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.exchange import Exchange, Params, Result


def put_vector_bucket_policy(exchange: Exchange, params: Params) -> Result:
    """Keep the text of a policy, and drop the one before."""
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        bucket = place.vector_bucket()
        bucket.set_policy(_compiled(params["policy"]))
    return {}


def get_vector_bucket_policy(exchange: Exchange, params: Params) -> Result:
    """Return the text of the policy as it was put."""
    policy = addressed_vector_bucket(exchange, params).vector_bucket().policy
    if policy is None:
        raise refusals.policy_not_found()
    return {"policy": policy.text}


def delete_vector_bucket_policy(exchange: Exchange, params: Params) -> Result:
    """Forget the policy, if there is one. Choice: delete-missing-policy."""
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        place.vector_bucket().set_policy(None)
    return {}


def _compiled(text: str) -> Policy:
    """Return a bucket policy, compiled. Choice: policy-names.

    Raises:
        ValidationException: names the first statement with a fault, and the fault.
    """
    from mock_s3vectors.authorization import PolicyError, compile_policy  # noqa: PLC0415 - for policies only

    try:
        return compile_policy(text, "resource", name="the bucket policy")
    except PolicyError as error:
        raise refusals.malformed_policy(str(error)) from None

"""Helpers of tests about permissions: policies, texts of denials, and clients of identities."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN, OTHER = "123456789012", "111122223333"


def statement(effect: str, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement; actions are named without their service."""
    actions = [action] if isinstance(action, str) else action
    return {
        "Effect": effect,
        "Action": [f"s3vectors:{name}" for name in actions],
        "Resource": resource,
        **more,
    }


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def bucket_policy(effect: str, principal: Any, action: Any = "*", resource: Any = "*") -> str:
    """The text of a bucket's policy of one statement."""
    return json.dumps(policy(statement(effect, action, resource, Principal=principal)))


def client_of(identity: Mapping[str, Any], region: str = "us-east-1") -> Any:
    """A client that signs as an identity, or with other credentials.

    Names make access keys, so tests share clients: to make one takes longer than most of the tests.
    """
    return _client(region, *identity.items())


@cache
def _client(region: str, *credentials: tuple[str, str]) -> Any:
    return boto3.client("s3vectors", region_name=region, **dict(credentials))  # type: ignore[call-overload]


def denial(arn: str, action: str, resource: str, why: str) -> str:
    """The message of a denial."""
    return f"User: {arn} is not authorized to perform: s3vectors:{action} on resource: {resource} {why}"


def no_policy(action: str, kind: str = "identity-based policy") -> str:
    """The end of the message if no policy of a kind allows an action."""
    return f"because no {kind} allows the s3vectors:{action} action"


def outcome(call: Any, /, **parameters: Any) -> str | None:
    """Call, and return the message of the denial, checked in full; None if it was not denied."""
    try:
        call(**parameters)
    except ClientError as error:
        refusal = error
    else:
        return None
    response: Any = refusal.response
    assert response["Error"]["Code"] == "AccessDeniedException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == "AccessDeniedException"
    return str(response["Error"]["Message"])


def denied(call: Any, /, **parameters: Any) -> ClientError:
    """Call, and return the error with which policies deny it."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    return caught.value

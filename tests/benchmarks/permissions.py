"""Rows of the table of targets about permissions: calls that policies decide about, beside those of root."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import boto3

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.recording import LISTENING, Recording
from tests.benchmarks.ratios import Row, at_most, ratio, scaled
from tests.benchmarks.work import ADDRESS, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

# A call is short, so that the machine's other tasks disturb few of many.
ROUNDS = 4_000
OWNER = "arn:aws:s3vectors:*:123456789012:bucket"
STATEMENTS = 20


def policy(action: str) -> dict[str, Any]:
    """Return a policy of 20 statements; a call of GetIndex meets the conditions of the last two."""
    others = [
        {"Effect": "Allow", "Action": ["s3vectors:PutVectors", action], "Resource": f"{OWNER}/b{number}/*"}
        for number in range(STATEMENTS - 2)
    ]
    allowing = {
        "Effect": "Allow",
        "Action": ["s3vectors:GetIndex", "s3vectors:QueryVectors"],
        "Resource": f"{OWNER}/bucket/index/*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
    }
    denying = {
        "Effect": "Deny",
        "Action": "s3vectors:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [*others, allowing, denying]}


def client_of(credentials: Any) -> Any:
    return boto3.client("s3vectors", region_name="us-east-1", **credentials)


def decided(scale: float) -> Iterator[Row]:
    """Measure calls of a user with a policy."""
    rounds = scaled(ROUNDS, scale)
    with mock_s3vectors() as mock:
        root = client_of(mock.credentials("123456789012"))
        fill(root, 0, 8)
        root_call = partial(root.get_index, **ADDRESS)
        for action, about in (
            ("s3vectors:DeleteVectors", "other actions"),
            ("s3vectors:Get*", "this action"),
        ):
            user = client_of(mock.iam.user(action[10:-1], policy(action)))
            figure = ratio(partial(user.get_index, **ADDRESS), root_call, rounds=rounds, warmup=20)
            work = f"get_index, {STATEMENTS} statements, most about {about}"
            yield Row(work, "get_index of the root", at_most(1.05), figure)


def collected(scale: float) -> Iterator[Row]:
    """Measure calls whose rights are collected, as `pytest --s3vectors-policy` does."""
    from mock_s3vectors.workbench.least_privilege import rights_of

    rights: set[tuple[str, str]] = set()
    recording = Recording(20)
    collecting = Recording(20, lambda exchange: rights.update(rights_of(exchange.record())))
    with mock_s3vectors() as mock:
        root = client_of(mock.credentials("123456789012"))
        fill(root, 0, 8)
        call = partial(root.get_index, **ADDRESS)

        def told(listener: Any) -> None:
            LISTENING.listener = listener
            call()

        try:
            figure = ratio(lambda: told(collecting), lambda: told(recording), rounds=scaled(ROUNDS, scale))
        finally:
            LISTENING.listener = None
    yield Row("get_index, rights collected", "recorded only", None, figure)


MEASUREMENTS = {"permissions": decided, "rights": collected}

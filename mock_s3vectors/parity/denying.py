"""Policies of vector buckets that deny the caller something: permissions that a caller can ask alone.

A policy denies besides that it is read itself, so that a fact can wait until it is in force.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.comparing import refusal

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

_DENIED = "AccessDeniedException"
# A policy, and a tag that it looks at, takes seconds until it is in force, and not everywhere at once. A fact
# waits at most so many seconds; the policy must be in force so many times running.
_LONGEST_WAIT = 20.0
_IN_A_ROW = 3


def deny(ask: Asking, bucket: str, action: str | list[str], resource: str, **condition: Any) -> None:
    """Have the policy of a vector bucket deny its own account an action or several, and wait for that."""
    both = {"Effect": "Deny", "Principal": {"AWS": ask.account}}
    names = [action] if isinstance(action, str) else action
    actions = [f"s3vectors:{name}" for name in names]
    wanted: dict[str, Any] = {**both, "Action": actions, "Resource": resource}
    if condition:
        wanted["Condition"] = condition
    read = {**both, "Action": "s3vectors:GetVectorBucketPolicy", "Resource": ask.arn(bucket)}
    text = json.dumps({"Version": "2012-10-17", "Statement": [wanted, read]})
    ask.prepare("PutVectorBucketPolicy", vectorBucketName=bucket, policy=text)

    def is_denied(answer: dict[str, Any]) -> bool:
        again = (ask("GetVectorBucketPolicy", vectorBucketName=bucket) for _ in range(_IN_A_ROW - 1))
        return _is_denied(answer) and all(map(_is_denied, again))

    ask.until("GetVectorBucketPolicy", is_denied, longest=_LONGEST_WAIT, vectorBucketName=bucket)


def expect_denied(
    ask: Asking, resource: str, operation: str, *, action: str | None = None, **parameters: Any
) -> None:
    """Make a call, and compare its answer with a denial by the policy of the vector bucket."""
    answer = ask.settled(_is_denied, operation, **parameters)
    met = {**answer, "message": re.sub(r"^User: \S+", "User: <caller>", answer.get("message", ""))}
    text = (
        f"User: <caller> is not authorized to perform: s3vectors:{action or operation} on resource: "
        f"{resource} with an explicit deny in a resource-based policy"
    )
    ask.compare(operation, refusal(_DENIED, text), met)


def expect_allowed(ask: Asking, operation: str, **parameters: Any) -> None:
    """Make a call, and compare that it was not denied."""
    answer = ask.settled(lambda each: not _is_denied(each), operation, **parameters)
    ask.compare(f"{operation}: the error", None, answer.get("error"))


def _is_denied(answer: dict[str, Any]) -> bool:
    return answer.get("error") == _DENIED


def own_index(ask: Asking, **settings: Any) -> tuple[dict[str, Any], str]:
    """Return the names of a new index in a vector bucket of its own, and its ARN."""
    index = ask.index(ask.bucket(), **settings)
    return index, ask.arn(*index.values())

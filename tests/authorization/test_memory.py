"""The answers that policies remember of earlier requests."""

from __future__ import annotations

from mock_s3vectors.authorization import AccessRequest, Policies, compile_policy, evaluate
from tests.authorization.table.rows import BUCKET, GET, HOME, INDEX, QUERY, USER, allow, deny

OF_NAME = {"StringEquals": {"aws:username": "reader"}}
POLICIES = Policies(
    (
        compile_policy(
            {
                "Version": "2012-10-17",
                "Statement": [
                    allow(QUERY, on=f"{BUCKET}/index/${{aws:username}}"),
                    allow(QUERY, on=INDEX, when=OF_NAME),
                    deny(QUERY, on=f"{BUCKET}/index/secret"),
                ],
            },
            "identity",
        ),
    )
)


def is_allowed(index: str, name: str = "reader", action: str = QUERY) -> bool:
    request = AccessRequest(USER, action, f"{BUCKET}/index/{index}", HOME, {"aws:username": name})
    return evaluate(POLICIES, request).allowed


def test_the_same_right_in_another_context() -> None:
    for _ in range(2):
        assert is_allowed("reader")
        assert not is_allowed("reader", "somebody")
        assert is_allowed("plots")
        assert not is_allowed("plots", "somebody")
        assert is_allowed("plots", "plots")
        assert not is_allowed("secret", "secret")
        assert not is_allowed("plots", action=GET)


def test_more_resources_than_a_policy_remembers() -> None:
    for _ in range(2):
        assert all(is_allowed(f"i{number}", f"i{number}") for number in range(1_000))
        assert not any(is_allowed(f"i{number}") for number in range(1_000))
        assert not is_allowed("secret", "secret")

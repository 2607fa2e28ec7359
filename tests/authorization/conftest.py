"""A fixture that sees the requests which policies decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.authorization import evaluate
from mock_s3vectors.permissions import deciding

if TYPE_CHECKING:
    from mock_s3vectors.authorization import AccessRequest, Decision, Policies


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[AccessRequest]:
    """The requests that policies have decided."""
    requests: list[AccessRequest] = []

    def spy(policies: Policies, request: AccessRequest) -> Decision:
        requests.append(request)
        return evaluate(policies, request)

    monkeypatch.setattr(deciding, "evaluate", spy)
    return requests

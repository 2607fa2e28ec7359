"""Policies, which are compiled once and then evaluated. This room knows no HTTP and no stores."""

from mock_s3vectors.authorization.documents import LATEST_VERSION, compile_policy
from mock_s3vectors.authorization.evaluate import AccessRequest, Decision, Policies, evaluate
from mock_s3vectors.authorization.faults import PolicyError
from mock_s3vectors.authorization.needs import NEEDS, needs_of
from mock_s3vectors.authorization.principals import Principal
from mock_s3vectors.authorization.readable import explanation
from mock_s3vectors.authorization.statements import Policy, Statement

__all__ = [
    "LATEST_VERSION",
    "NEEDS",
    "AccessRequest",
    "Decision",
    "Policies",
    "Policy",
    "PolicyError",
    "Principal",
    "Statement",
    "compile_policy",
    "evaluate",
    "explanation",
    "needs_of",
]

"""Exceptions after which a fact is not asked, because the service has said nothing about it."""

from __future__ import annotations

import re

# How a denial ends that has nothing to do with the policy of a vector bucket, which is all that facts write.
_OF_THE_CALLER = re.compile(
    r"(because no|with an explicit deny in an?) "
    r"(identity-based|session|VPC endpoint|service control|resource control|permissions boundary)"
)


class SetUpRefusedError(Exception):
    """A call that only prepares a fact was refused, so the fact was not asked."""


class NotAllowedError(Exception):
    """Policies or quotas of the caller, or of its organization, forbid a call: nothing about a fact."""


class UnavailableError(Exception):
    """The service asks for patience, or has failed; this says nothing about a fact."""


def is_about_the_caller(code: str, text: str) -> bool:
    """Return whether a refusal is about policies or quotas of the caller, or of its organization."""
    is_denied = code == "AccessDeniedException" and _OF_THE_CALLER.search(text) is not None
    return is_denied or code == "ServiceQuotaExceededException"

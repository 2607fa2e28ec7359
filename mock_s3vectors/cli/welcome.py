"""The text that a server prints when it answers clients."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mock_s3vectors.cli.output import tell
from mock_s3vectors.doors.local_endpoints import ENDPOINT_VARIABLE
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from mock_s3vectors.config import Config

# The last line, once all that was asked for is done: programs wait for it.
READY = "Ready."

# The URL ends the first line, so that programs can read it there.
_WELCOME = (
    "mock_s3vectors answers at {url}",
    "AWS SDKs and the AWS CLI find it there after: export {variable}={url}",
    "Policies decide about {policies}; signatures are {signatures}.",
    "Press Ctrl+C to stop it.",
)
_KEPT = "All changes are kept in {state}."

# By the option `authorization`.
_POLICIES = {
    None: "calls of identities and calls across accounts",
    "enforce": "all calls",
    "report": "all calls, but deny none",
    "off": "no calls",
}
# By the option `verify_signatures`.
_SIGNATURES = {False: "not checked", True: "checked"}


def welcome(url: str, config: Config, state: str | None) -> str:
    """Return the text, but for its last line."""
    lines = _WELCOME if state is None else (*_WELCOME[:-1], _KEPT, _WELCOME[-1])
    return "\n".join(lines).format(
        url=url,
        variable=ENDPOINT_VARIABLE,
        policies=_POLICIES[config.authorization],
        signatures=_SIGNATURES[config.verify_signatures],
        state=state,
    )


def announce(text: str) -> None:
    """Write to standard output; the server keeps running if nobody reads it, or if the disk is full."""
    with suppress(UsageError):
        tell(text)

"""The text that a server prints when it answers clients."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mock_s3vectors.cli.address import PAGE
from mock_s3vectors.cli.output import tell
from mock_s3vectors.doors.local_endpoints import ENDPOINT_VARIABLE
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from mock_s3vectors.cli.server_options import ServerOptions
    from mock_s3vectors.config import Config

# The last line, once all that was asked for is done: programs wait for it.
READY = "Ready."

_MEMORY = "All is in memory alone, and gone when the server ends."

# By the option `authorization`.
_POLICIES = {
    None: "calls of identities and calls across accounts",
    "enforce": "all calls",
    "report": "all calls, but deny none",
    "off": "no calls",
}
# By the option `verify_signatures`.
_SIGNATURES = {False: "not checked", True: "checked"}
# By the option `search_engine`.
_ENGINES = {
    "flat": "exact (flat)",
    "quantized": "quantized in ENHANCED indexes, exact in CLASSIC ones (quantized)",
    "hnsw": "approximate (hnsw: M {0.hnsw_m}, efConstruction {0.hnsw_ef_construction}, "
    "efSearch {0.hnsw_ef_search})",
}


def welcome(url: str, config: Config, options: ServerOptions) -> str:
    """Return the text, without its last line."""
    policies, signatures = _POLICIES[config.authorization], _SIGNATURES[config.verify_signatures]
    lines = [
        # The URL ends it, so that programs can read it there.
        f"mock_s3vectors answers at {url}",
        f"AWS SDKs and the AWS CLI find it there after: export {ENDPOINT_VARIABLE}={url}",
        f"A page shows what it has: {url}{PAGE}",
        f"Search is {_ENGINES[config.search_engine].format(config)}.",
        f"Policies decide about {policies}; signatures are {signatures}.",
        _MEMORY if options.state is None else f"All changes are kept in {options.state}.",
    ]
    if options.variables:
        lines.append(f"The environment has set {', '.join(options.variables)}.")
    return "\n".join((*lines, "Press Ctrl+C to stop it."))


def announce(text: str) -> None:
    """Write to standard output; the server keeps running if nobody reads it, or if the disk is full."""
    with suppress(UsageError):
        tell(text)

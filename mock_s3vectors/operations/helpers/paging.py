"""Page tokens: the position at which a list goes on, sealed with the request that may use it."""

from __future__ import annotations

import base64
import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from mock_s3vectors.errors import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEAL_BYTES = 8

Resource = TypeVar("Resource")


def _seal(*parts: Any) -> bytes:
    """Return a short digest of JSON values, the same in every process."""
    # Not orjson, which gives up at a depth that filters may have.
    text = json.dumps(parts, sort_keys=True)
    return blake2b(text.encode(), digest_size=_SEAL_BYTES).digest()


def make_token(position: str, *scope: Any) -> str:
    """Return an opaque token for a position; the next request must have the same `scope`."""
    return base64.urlsafe_b64encode(_seal(position, *scope) + position.encode()).decode()


def read_token(token: str, *scope: Any) -> str:
    """Return the position of a token made with the same scope.

    Raises:
        ValidationException: it was not. Choice: page-token-of-changed-request.
    """
    try:
        position = base64.urlsafe_b64decode(token)[_SEAL_BYTES:].decode()
    except ValueError:
        raise refusals.invalid_page_token() from None
    # The whole texts are compared, because more than one text decodes to the same bytes.
    if token != make_token(position, *scope):
        raise refusals.invalid_page_token()
    return position


def page_of_names(
    resources: Mapping[str, Resource], params: Mapping[str, Any], page_size: int, *scope: Any
) -> tuple[list[Resource], dict[str, str]]:
    """Return a page of resources in the order of their names, and a `nextToken` member if there are more.

    Choice: list-order.
    """
    prefix = params.get("prefix", "")
    scope = (*scope, prefix)
    token = params.get("nextToken")
    after = read_token(token, *scope) if token is not None else ""
    names = sorted(name for name in resources if name > after and name.startswith(prefix))
    page = names[: params.get("maxResults", page_size)]
    more = {"nextToken": make_token(page[-1], *scope)} if len(page) < len(names) else {}
    return [resources[name] for name in page], more

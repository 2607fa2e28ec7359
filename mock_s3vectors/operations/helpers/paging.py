"""Page tokens: the position at which a list goes on, sealed with the request that may use it."""

from __future__ import annotations

import base64
import json
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ValidationException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SEAL_BYTES = 8

# In the scope of a token that an empty page carries: the next page must not be empty again.
_AFTER_EMPTY_PAGE = "after an empty page"


class Named(Protocol):
    """A bucket or an index."""

    name: str


Resource = TypeVar("Resource", bound=Named)


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


class Turn:
    """A request's turn in a list: where its page begins, and the tokens for the page after it.

    With the option `empty_pages`, every other page is empty and has a token all the same: the first one, and
    each that follows a page with something in it. A client that takes an empty page for the last one then
    stops at once, or in the middle. The turn is in the token, so a mock with other options reads it as well.
    Choice: empty-pages.

    Attributes:
        after: the last name or key before the page; empty at the beginning.
        passes: whether the page is empty, if the list has anything left at all.
    """

    def __init__(self, params: Mapping[str, Any], *scope: Any, empty_pages: bool) -> None:
        self._scope = scope
        self.after, self.passes = "", empty_pages
        token = params.get("nextToken")
        if token is not None:
            try:
                self.after = read_token(token, *scope)
            except ValidationException:
                self.after, self.passes = read_token(token, *scope, _AFTER_EMPTY_PAGE), False

    def next_after(self, last: str) -> dict[str, str]:
        """Return the `nextToken` member of a page that ends with this name or key, and is not the last."""
        return {"nextToken": make_token(last, *self._scope)}

    def next_after_none(self) -> dict[str, str]:
        """Return the `nextToken` member of a page that is empty because the turn passes."""
        return {"nextToken": make_token(self.after, *self._scope, _AFTER_EMPTY_PAGE)}


def page_of_names(
    resources: Mapping[str, Resource],
    params: Mapping[str, Any],
    page_size: int,
    *scope: Any,
    empty_pages: bool,
    is_found: Callable[[Resource], bool] = lambda _: True,
) -> tuple[list[Resource], dict[str, str]]:
    """Return a page of resources in the order of their names, and a `nextToken` member if there are more.

    Choice: list-order.

    Args:
        resources: by name.
        params: of the request.
        page_size: how many are on a page, unless the request says so.
        scope: the request that may use the token, but for its prefix.
        empty_pages: the option.
        is_found: whether a resource is in the list.
    """
    prefix, most = params.get("prefix", ""), params.get("maxResults", page_size)
    turn = Turn(params, *scope, prefix, empty_pages=empty_pages)
    after = turn.after
    names = sorted(name for name in resources if name > after and name.startswith(prefix))
    found = list(islice(filter(is_found, map(resources.__getitem__, names)), most + 1))
    if found and turn.passes:
        return [], turn.next_after_none()
    page = found[:most]
    return page, turn.next_after(page[-1].name) if len(page) < len(found) else {}

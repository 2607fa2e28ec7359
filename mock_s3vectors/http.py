"""The two shapes that every door of the house hands to the corridor and gets back from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came over the wire.

    Attributes:
        method: `POST`, `GET` or `DELETE`.
        host: the host name without port, for the Region of an unsigned request.
        path: still percent-encoded, because an ARN in it has its slashes as `%2F`.
        query: still percent-encoded, without the question mark.
        headers: by lower-case name.
        body: all of it.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, ready for the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

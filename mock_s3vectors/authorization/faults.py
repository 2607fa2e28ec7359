"""The errors by which the parts of this room say what is wrong with a policy, and where."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class PolicyError(ValueError):
    """A document is no policy. The text says what is wrong, and where: `Statement[1] must be an object`."""


class Fault(Exception):  # noqa: N818 - the error that leaves the room is PolicyError
    """A part of a policy has a fault. The text goes on after the name of the part: ` must be an object`."""


@contextmanager
def within(place: str) -> Iterator[None]:
    """Say in which place of a policy a fault is."""
    try:
        yield
    except Fault as fault:
        raise Fault(f"{place}{fault}") from None

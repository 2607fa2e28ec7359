"""A plugin of pytest with which botocore makes clients in half the time, as often as tests make them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
from botocore.hooks import BaseEventHooks, EventAliaser, HierarchicalEmitter
from botocore.loaders import create_loader
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADER = create_loader()
# Stubs know nothing of what is private.
ALIASER: Any = EventAliaser(HierarchicalEmitter())
HOOKS: Any = BaseEventHooks
VERIFY = HOOKS._verify_accept_kwargs  # noqa: SLF001 - takes longer than the rest of a registration


def verify(hooks: BaseEventHooks, handler: Any) -> None:
    """Raise unless a handler takes any keywords; most are functions, whose code says it at once."""
    code = getattr(handler, "__code__", None)
    if code is None or not code.co_flags & inspect.CO_VARKEYWORDS:
        VERIFY(hooks, handler)


@pytest.fixture(autouse=True, scope="session")
def quick_clients() -> Iterator[None]:
    """Have botocore do once, or quickly, what it does for every client, which takes as long as a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Session,
            "_register_data_loader",
            lambda session: session.register_component("data_loader", LOADER),
        )
        patch.setattr(BaseEventHooks, "_verify_accept_kwargs", verify)
        # One that remembers the names, which are the same for all.
        patch.setattr(EventAliaser, "_alias_event_name", staticmethod(ALIASER._alias_event_name))  # noqa: SLF001
        yield

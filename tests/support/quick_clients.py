"""A plugin of pytest with which botocore makes clients in half the time, as often as tests make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.loaders import create_loader
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADER = create_loader()
ALIASER = EventAliaser(HierarchicalEmitter())


@pytest.fixture(autouse=True, scope="session")
def quick_clients() -> Iterator[None]:
    """Have botocore read JSON and rename events once, not for every client, which takes as long as a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Session,
            "_register_data_loader",
            lambda session: session.register_component("data_loader", LOADER),
        )
        # One that remembers the names, which are the same for all.
        patch.setattr(EventAliaser, "_alias_event_name", staticmethod(ALIASER._alias_event_name))  # noqa: SLF001
        yield

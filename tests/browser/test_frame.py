"""The frame of the page: its views, and that it takes nothing from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

VIEWS = ["Browse", "Query", "Picture", "Live"]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_opens_by_its_link(open_page: Callable[..., Page], name: str) -> None:
    page = open_page()
    page.get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name, level=1).wait_for()
    assert page.title() == f"{name} | mock_s3vectors"
    assert page.get_by_role("link", name=name).get_attribute("aria-current") == "page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_an_empty_view_is_accessible(
    open_page: Callable[..., Page], check_accessibility: Callable[[Page], None], name: str, scheme: str
) -> None:
    check_accessibility(open_page(f"#/{name.lower()}", color_scheme=scheme))

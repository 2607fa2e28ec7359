"""The pictures of the documentation: each view with real films, in both schemes of colours.

`MOCK_SCREENSHOTS=FOLDER` keeps them; docs/images has those that were made so, with at most 128 colours each.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from mock_s3vectors import S3VectorsServer

EXAMPLES = Path(__file__).parents[2] / "examples"
ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/plots"
LIKED = "alien-1979"
SHOWN = ("title", "genre", "year", "rating")
WIDTH = 1000
# So many films, those with the most votes, are enough for a picture.
FILMS = 500


@pytest.fixture
def films(server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The films with the most votes, and their embeddings by a real model; gives that of one."""
    monkeypatch.syspath_prepend(EXAMPLES)
    from movie_data import load_movies

    data = load_movies()
    rows = sorted(range(len(data.movies)), key=lambda row: -data.movies[row].get("votes", 0))[:FILMS]
    metadata = [{name: value for name, value in data.movies[row].items() if name in SHOWN} for row in rows]
    keys = [data.movies[row]["key"] for row in rows]
    server.mock.seed("films", "plots", data.embeddings[rows], keys=keys, metadata=metadata)
    vector: list[float] = data.embeddings[rows[keys.index(LIKED)]].tolist()
    return vector


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.usefixtures("films")
def test_browse(
    open_page: Callable[..., Page], take_picture: Callable[[Page, str], None], scheme: str
) -> None:
    page = open_page(f"#/browse?index={ARN}", color_scheme=scheme, viewport={"width": WIDTH, "height": 900})
    expect(page.get_by_text(f"{FILMS} vectors.")).to_be_visible()
    take_picture(page, f"browse-{scheme}")


@pytest.mark.usefixtures("films")
def test_query(
    open_page: Callable[..., Page], take_picture: Callable[[Page, str], None], scheme: str
) -> None:
    page = open_page(
        f"#/query?index={ARN}&key={LIKED}&top=5",
        color_scheme=scheme,
        viewport={"width": WIDTH, "height": 720},
    )
    hits = page.get_by_role("region", name="Hits, the best first").locator("tbody tr")
    expect(hits).to_have_count(5)
    expect(hits.first).to_contain_text(LIKED)
    hits.first.scroll_into_view_if_needed()
    take_picture(page, f"query-{scheme}")


@pytest.mark.usefixtures("films")
def test_picture(
    open_page: Callable[..., Page], take_picture: Callable[[Page, str], None], scheme: str
) -> None:
    page = open_page(
        f"#/picture?index={ARN}&key={LIKED}", color_scheme=scheme, viewport={"width": WIDTH, "height": 820}
    )
    expect(page.get_by_text(f"All {FILMS} vectors of the index.")).to_be_visible()
    take_picture(page, f"picture-{scheme}")


def test_live(  # noqa: PLR0913, PLR0917 - pytest gives them by name
    open_page: Callable[..., Page],
    take_picture: Callable[[Page, str], None],
    server: S3VectorsServer,
    films: list[float],
    client: Any,
    scheme: str,
) -> None:
    names = {"vectorBucketName": "films", "indexName": "plots"}
    query = {**names, "topK": 5, "queryVector": {"float32": films}}
    vector = {"key": "brazil-1985", "data": {"float32": films}}
    server.mock.on("PutVectors").fail("TooManyRequestsException", times=1)
    client.list_indexes(vectorBucketName="films")
    client.query_vectors(**query)
    with pytest.raises(client.exceptions.ValidationException):
        client.query_vectors(**query, filter={"genre": "Horror", "year": 1979})
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.put_vectors(**names, vectors=[vector])
    client.put_vectors(**names, vectors=[vector])
    page = open_page("#/live", color_scheme=scheme, viewport={"width": WIDTH, "height": 680})
    expect(page.get_by_role("row").filter(has=page.get_by_role("button", name="Call"))).to_have_count(5)
    take_picture(page, f"live-{scheme}")

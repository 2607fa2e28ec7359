"""The view Picture: points where the server places them, in the colours of a metadata key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/plots"
MARGIN = 28
GENRES = ["drama", "comedy", "western"]
# The nearest of all to "film-0" are its own cluster's.
CLUSTERS = np.array([[4.0, 0.0, 0.0], [-4.0, 1.0, 0.0], [-4.0, -1.0, 0.1]])


def make_index(client: Any, vectors: list[dict[str, Any]], dimension: int, metric: str = "euclidean") -> None:
    client.create_vector_bucket(vectorBucketName="films")
    client.create_index(
        vectorBucketName="films",
        indexName="plots",
        dataType="float32",
        dimension=dimension,
        distanceMetric=metric,
    )
    for start in range(0, len(vectors), 500):
        client.put_vectors(indexArn=ARN, vectors=vectors[start : start + 500])


def film(number: int, data: np.ndarray[Any, Any], **metadata: Any) -> dict[str, Any]:
    return {"key": f"film-{number}", "data": {"float32": data.tolist()}, "metadata": metadata}


@pytest.fixture
def films(client: Any) -> list[dict[str, Any]]:
    """Sixty films in three clusters, one for each genre."""
    noise = np.random.default_rng(1).normal(0, 0.2, (60, 3))
    films = [
        film(number, CLUSTERS[number % 3] + noise[number], genre=GENRES[number % 3], year=1950 + number)
        for number in range(60)
    ]
    make_index(client, films, 3)
    return films


def placed(page: Page, **asked: Any) -> tuple[dict[str, Any], list[tuple[float, float]]]:
    """Returns a picture, and where its points are on the canvas: it fills its box up to a margin."""
    picture = page.evaluate(
        """async (document) => (await fetch("/_mock_s3vectors/ui/data/picture",
           { method: "POST", body: JSON.stringify(document) })).json()""",
        {"index": ARN, **asked},
    )
    width, height = page.evaluate(
        "(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])"
        "(document.querySelector('#picture-canvas'))"
    )
    x, y = np.array(picture["x"]), np.array(picture["y"])
    scale = min((width - 2 * MARGIN) / np.ptp(x), (height - 2 * MARGIN) / np.ptp(y))
    left = width / 2 + (x - (x.min() + x.max()) / 2) * scale
    top = height / 2 - (y - (y.min() + y.max()) / 2) * scale
    return picture, list(zip(left.tolist(), top.tolist(), strict=True))


def colour_at(page: Page, place: tuple[float, float]) -> tuple[int, ...]:
    """Returns the red, green, blue and opacity of the canvas at a place."""
    pixel: list[int] = page.evaluate(
        """([x, y]) => {
             const canvas = document.querySelector("#picture-canvas");
             const ratio = canvas.width / canvas.clientWidth;
             const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
             pixel.drawImage(canvas, -Math.round(x * ratio), -Math.round(y * ratio));
             return [...pixel.getImageData(0, 0, 1, 1).data];
           }""",
        list(place),
    )
    return tuple(pixel)


def colour_of(page: Page, group: str) -> tuple[int, ...]:
    """Returns the colour of a group in the legend."""
    text: str = page.evaluate(
        "(path) => getComputedStyle(path).fill", entry(page, group).locator("path").element_handle()
    )
    return (*map(int, re.findall(r"\d+", text)[:3]), 255)


def entry(page: Page, group: str) -> Locator:
    return page.get_by_role("group").get_by_role("listitem").filter(has_text=re.compile(f"^{group}"))


def canvas(page: Page) -> Locator:
    return page.get_by_role("application")


def wait_for_frame(page: Page) -> None:
    page.evaluate(
        "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
    )


def test_points_have_the_colours_of_their_groups(
    open_page: Callable[..., Page], films: list[dict[str, Any]]
) -> None:
    page = open_page(f"#/picture?index={ARN}")
    canvas(page).wait_for()
    picture, places = placed(page, colour="genre")
    assert page.get_by_label("Colour by").evaluate("(box) => box.selectedOptions[0].label") == "genre"
    assert len(places) == len(films)
    colours = {genre: colour_of(page, genre) for genre in GENRES}
    assert len(set(colours.values())) == 3
    for genre in GENRES:
        # The last one that is drawn is on top of its cluster.
        top = [
            place for film, place in zip(films, places, strict=True) if film["metadata"]["genre"] == genre
        ][-1]
        assert colour_at(page, top) == colours[genre]
        assert entry(page, genre).inner_text().split() == [genre, "20"]
    assert "All 60 vectors of the index." in page.locator("main").inner_text()

    entry(page, "drama").get_by_role("checkbox").uncheck()
    wait_for_frame(page)
    shown = [
        colour_at(page, place)[3] > 0
        for film, place in zip(films, places, strict=True)
        if film["metadata"]["genre"] == "drama"
    ]
    assert not any(shown)
    assert picture["sampled"] == 60


def test_a_point_says_its_key_and_opens_it(
    open_page: Callable[..., Page], films: list[dict[str, Any]]
) -> None:
    page = open_page(f"#/picture?index={ARN}")
    _, places = placed(page)
    outermost = max(range(60), key=lambda number: places[number][0])
    x, y = places[outermost]
    canvas(page).hover(position={"x": x, "y": y})
    page.get_by_role("status").filter(has_text="genre").wait_for()
    shown = page.locator("p.point").inner_text()
    assert shown == f"film-{outermost} (genre: {films[outermost]['metadata']['genre']})"
    canvas(page).click(position={"x": x, "y": y})
    page.get_by_role("heading", name="Picture", level=1).wait_for(state="detached")
    page.get_by_text(f"film-{outermost}").first.wait_for()
    assert page.url.endswith(f"key=film-{outermost}")


def test_hits_and_query(
    open_page: Callable[..., Page],
    films: list[dict[str, Any]],
    client: Any,
    check_accessibility: Callable[[Page], None],
) -> None:
    page = open_page(f"#/picture?index={ARN}")
    page.get_by_label("Mark the hits of a query like this key").fill("film-0")
    page.get_by_label("Top K").fill("5")
    page.get_by_role("button", name="Mark").click()
    page.get_by_text("Query: like film-0, 5 hits.").wait_for()
    hits = client.query_vectors(indexArn=ARN, queryVector=films[0]["data"], topK=5, returnDistance=True)[
        "vectors"
    ]
    table = page.get_by_role("region", name="Hits, the best first")
    assert [row.split("\t")[0] for row in table.get_by_role("row").all_inner_texts()[1:]] == [
        hit["key"] for hit in hits
    ]
    canvas(page).focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("p.point").inner_text() == "film-0 (genre: drama; hit 1, at distance 0; the query)"
    check_accessibility(page)
    page.get_by_role("link", name="Remove the query").click()
    page.get_by_text("Query: like film-0").wait_for(state="detached")


@pytest.mark.usefixtures("films")
def test_hits_that_another_view_has_found(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.evaluate(
        "(query) => sessionStorage.setItem('mock_s3vectors.query', JSON.stringify(query))",
        {"index": ARN, "vector": [4.0, 0.0, 0.0], "hits": ["film-3", "film-9", "deleted"]},
    )
    page.evaluate("(hash) => { location.hash = hash; }", f"#/picture?index={ARN}&query=1")
    page.get_by_text("Query, 2 hits, 1 more not in the index any more.").wait_for()
    rows = page.get_by_role("region", name="Hits, the best first").get_by_role("row").all_inner_texts()
    assert [row.split("\t")[0] for row in rows[1:]] == ["film-3", "film-9"]


@pytest.mark.usefixtures("films")
def test_arrow_keys_go_from_point_to_point(open_page: Callable[..., Page]) -> None:
    page = open_page(f"#/picture?index={ARN}&key=film-0&top=1")
    _, places = placed(page, key="film-0")
    canvas(page).focus()
    about = page.locator("p.point")
    page.keyboard.press("ArrowLeft")
    at = [0]
    for _ in range(30):
        before = about.inner_text()
        page.keyboard.press("ArrowLeft")
        if about.inner_text() == before:
            break
        number = int(re.match(r"film-(\d+)", about.inner_text())[1])  # type: ignore[index]
        assert places[number][0] < places[at[-1]][0]
        at.append(number)
    # As far as it goes: there is nothing within 45 degrees of the way.
    x, y = places[at[-1]]
    assert len(at) > 3
    assert not any(left < x and abs(top - y) < x - left for left, top in places)
    page.keyboard.press("Escape")
    assert about.inner_text() == ""
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**#/browse?*key=film-0")


@pytest.mark.usefixtures("films")
def test_a_picture_as_a_file(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(f"#/picture?index={ARN}&key=film-0&top=3")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    assert download.value.suggested_filename == "films-plots.png"
    file = tmp_path / "picture.png"
    download.value.save_as(file)
    content = file.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    size = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    box = canvas(page).bounding_box()
    assert box is not None
    # At twice the size for sharp print, with a title, and a legend of five entries below.
    assert size[0] == pytest.approx(2 * box["width"], abs=2)
    assert 2 * box["height"] + 120 < size[1] < 2 * box["height"] + 500


@pytest.mark.usefixtures("films")
def test_zoom_and_pan(open_page: Callable[..., Page]) -> None:
    page = open_page(f"#/picture?index={ARN}")
    _, places = placed(page)
    rightmost = max(places)
    assert colour_at(page, rightmost)[3] == 255
    box = canvas(page).bounding_box()
    assert box is not None
    middle = box["width"] / 2, box["height"] / 2
    # The place that the pointer is at stays.
    canvas(page).hover(position={"x": rightmost[0], "y": rightmost[1]})
    page.mouse.wheel(0, -600)
    wait_for_frame(page)
    assert colour_at(page, rightmost)[3] == 255
    page.mouse.move(box["x"] + middle[0], box["y"] + middle[1])
    page.mouse.down()
    page.mouse.move(box["x"] + middle[0] - 40, box["y"] + middle[1] + 10, steps=3)
    page.mouse.up()
    wait_for_frame(page)
    assert colour_at(page, (rightmost[0] - 40, rightmost[1] + 10))[3] == 255
    page.get_by_role("button", name="Reset the zoom").click()
    wait_for_frame(page)
    assert colour_at(page, rightmost)[3] == 255
    for name, factor in (("Zoom in", 1.5), ("Zoom out", 1.0)):
        page.get_by_role("button", name=name).click()
        wait_for_frame(page)
        x, y = (centre + (at - centre) * factor for at, centre in zip(rightmost, middle, strict=True))
        if x < box["width"]:
            assert colour_at(page, (x, y))[3] == 255


# Under each metadata key: the values of vectors, and the groups that the legend has for them.
KINDS: dict[str, tuple[list[Any], list[str]]] = {
    "texts": (
        [f"genre {number}" for number in range(12)],
        [*(f"genre {number}" for number in range(10)), "others (2 values)", "no texts"],
    ),
    "sorts": (
        [f"sort {number}" for number in range(11)],
        [*(f"sort {number}" for number in range(10)), "others (1 value)", "no sorts"],
    ),
    "switches": ([True, False, True], ["true", "false", "no switches"]),
    "ratings": ([1, 2.5, 10, 1.0], ["1", "2.5", "10", "no ratings"]),
    "ids": ([1234567, 1234568, 2**60], ["1234567", "1234568", "1.15292e+18", "no ids"]),
    "lists": ([["a", "b"], ["a"], ["a"]], ["a", "a, b", "no lists"]),
    "mixed": ([["a"], "1", 1, "a"], ['["a"]', '"1"', "1", '"a"', "no mixed"]),
    "years": (
        [*range(1900, 1916)],
        [f"{1900 + 2 * step} to {1901 + 2 * step}" for step in range(8)],
    ),
    "markup": (
        ["<img src=x onerror=alert(1)>", "\"';&amp;"],
        ["<img src=x onerror=alert(1)>", "\"';&amp;", "no markup"],
    ),
}


def test_groups_of_values(open_page: Callable[..., Page], client: Any) -> None:
    make_index(
        client,
        [
            film(
                number,
                np.array([number % 7, number / 3]),
                **{key: values[number] for key, (values, _) in KINDS.items() if number < len(values)},
            )
            for number in range(16)
        ],
        2,
    )
    page = open_page(f"#/picture?index={ARN}")
    for key, (_, groups) in KINDS.items():
        page.get_by_label("Colour by").select_option(label=key)
        legend = page.get_by_role("group", name=key)
        legend.wait_for()
        assert [name.inner_text() for name in legend.locator(".name").all()] == groups


@pytest.mark.usefixtures("films")
def test_another_colour(open_page: Callable[..., Page]) -> None:
    page = open_page(f"#/picture?index={ARN}")
    page.get_by_label("Colour by").select_option(label="year")
    page.get_by_role("group", name="year").wait_for()
    assert "colour=year" in page.url
    page.get_by_label("Colour by").select_option(label="nothing")
    page.get_by_role("group", name="Points").wait_for()
    assert page.get_by_role("group", name="Points").inner_text().split() == ["Points", "vectors", "60"]
    page.reload()
    page.get_by_role("group", name="Points").wait_for()


@pytest.mark.usefixtures("films")
def test_a_query_far_away(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.evaluate(
        "(query) => sessionStorage.setItem('mock_s3vectors.query', JSON.stringify(query))",
        {"index": ARN, "vector": [4000.0, 0.0, 0.0], "hits": None},
    )
    page.evaluate("(hash) => { location.hash = hash; }", f"#/picture?index={ARN}&query=1")
    page.get_by_text("It is far from all vectors, and so at the border of the picture.").wait_for()
    # The points are where they are without it.
    _, places = placed(page)
    assert colour_at(page, max(places))[3] == 255
    width = page.evaluate("document.querySelector('#picture-canvas').clientWidth")
    edge = [
        colour_at(page, (x, y))[3]
        for x in (12, width - 12)
        for y in range(0, int(page.evaluate("document.querySelector('#picture-canvas').clientHeight")), 4)
    ]
    assert max(edge) == 255


def test_the_nearest_point(open_page: Callable[..., Page]) -> None:
    """The grid finds the point that a look at all of them finds."""
    wrong = open_page().evaluate(
        """async () => {
             const { Points } = await import("/_mock_s3vectors/ui/files/lib/points.js");
             let seed = 1;
             const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
             const [x, y] = [0, 1].map(() => Array.from({ length: 2000 }, () => random() ** 3 * 2 - 1));
             const points = new Points(x, y, (point) => point % 7 !== 0);
             const wrong = [];
             for (let turn = 0; turn < 500; turn += 1) {
               const [left, top, radius] = [random() * 3 - 1.5, random() * 3 - 1.5, random() * 0.2];
               let found = -1;
               let least = radius ** 2;
               x.forEach((_, point) => {
                 const distance = (x[point] - left) ** 2 + (y[point] - top) ** 2;
                 if (point % 7 !== 0 && distance <= least) [found, least] = [point, distance];
               });
               if (points.nearest(left, top, radius) !== found) wrong.push([left, top, radius]);
             }
             return wrong;
           }"""
    )
    assert wrong == []


# Colours as people see them, in linear light: all colours, and without the red, green or blue cones
# (Machado, Oliveira and Fernandes 2009).
SIGHT = [
    np.eye(3),
    np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
]
TO_XYZ = np.array([[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0177, 0.1095, 0.8729]])


def lab(linear: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Returns colours in CIELAB, where distances are those that people see."""
    xyz = np.clip(linear, 0.0, 1.0) @ TO_XYZ.T
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_that_all_people_can_tell_apart(open_page: Callable[..., Page], scheme: str) -> None:
    texts = open_page(color_scheme=scheme).evaluate(
        """() => ["ground", ...Array(10).keys()].map((name) => {
             document.body.style.color = `var(--${name === "ground" ? name : `group-${name}`})`;
             return getComputedStyle(document.body).color;
           })"""
    )
    colours = np.array([[int(part) / 255 for part in re.findall(r"\d+", text)] for text in texts])
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    for sight in SIGHT:
        seen = lab(linear @ sight.T)
        apart = np.linalg.norm(seen[:, np.newaxis] - seen, axis=2)[~np.eye(11, dtype=bool)]
        assert apart.min() > 20
    light = linear @ TO_XYZ[1]
    contrast = (np.maximum(light[1:], light[0]) + 0.05) / (np.minimum(light[1:], light[0]) + 0.05)
    assert contrast.min() >= 3.0


def test_nothing_to_show(open_page: Callable[..., Page], client: Any) -> None:
    make_index(client, [], 2)
    page = open_page(f"#/picture?index={ARN}")
    page.get_by_text("This index has no vectors yet.").wait_for()
    client.put_vectors(indexArn=ARN, vectors=[film(1, np.array([1.0, 2.0]))])
    page.reload()
    page.get_by_text("This index has one vector: a picture needs two.").wait_for()
    page.get_by_role("link", name="film-1").wait_for()
    client.put_vectors(indexArn=ARN, vectors=[film(2, np.array([1.0, 2.0]))])
    page.reload()
    page.get_by_text("All of them are equal, so they are one point.").wait_for()


@pytest.mark.usefixtures("films")
def test_an_unknown_key(open_page: Callable[..., Page]) -> None:
    page = open_page(f"#/picture?index={ARN}&key=alien")
    assert "There is no vector 'alien' in index 'plots'." in page.get_by_role("alert").inner_text()
    # The picture is there without it.
    assert entry(page, "drama").inner_text().split() == ["drama", "20"]


def test_five_thousand_points_in_each_theme_and_width(
    open_page: Callable[..., Page],
    client: Any,
    check_accessibility: Callable[[Page], None],
    take_picture: Callable[[Page, str], None],
) -> None:
    generator = np.random.default_rng(2)
    centres = generator.normal(0, 1, (7, 4))
    names = ["action", "comedy", "drama", "horror", "musical", "romance", "western"]
    data = centres[np.arange(5000) % 7] + generator.normal(0, 0.3, (5000, 4))
    films = [film(n, data[n], genre=names[n % 7], year=1920 + n % 100) for n in range(5000)]
    make_index(client, films, 4, "cosine")
    page = open_page(f"#/picture?index={ARN}&key=film-7", viewport={"width": 1600, "height": 1000})
    canvas(page).wait_for()
    _, places = placed(page)
    rightmost = max(places)
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wait_for_frame(page)
        assert colour_at(page, rightmost)[3] == 255
        colours.add(colour_at(page, rightmost))
        take_picture(page, f"picture-{scheme}")
        check_accessibility(page)
    assert len(colours) == 2

    page.set_viewport_size({"width": 400, "height": 800})
    wait_for_frame(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("document.querySelector('#picture-canvas').width") < 400
    _, places = placed(page)
    assert colour_at(page, max(places))[3] == 255
    take_picture(page, "picture-400")

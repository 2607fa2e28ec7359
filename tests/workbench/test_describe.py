"""The table of everything: as text, as HTML, and for rich."""

from __future__ import annotations

import sys
from io import StringIO
from subprocess import run
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rich.console import Console

from tests.support.mocks import index_named, store
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, needs
from tests.workbench.state import described, seed

if TYPE_CHECKING:
    from tests.support.helpers import Client

OTHER = "111122223333"
EVIL = {"<script>": "[bold]&\x1b[2J"}

# The bytes of songs: a float, and the object of metadata, for each of 1,000; and 2,890 of keys.
TABLE = """\
Account       Region     Bucket  Index  Vectors  Dimension  Metric     Mode      Bytes
------------  ---------  ------  -----  -------  ---------  ---------  -------  ------
111122223333  eu-west-1  other   plots        0          3  euclidean  CLASSIC       0
123456789012  us-east-1  bucket  -            -          -  -          -             -
123456789012  us-east-1  media   films        1          2  cosine     CLASSIC      13
123456789012  us-east-1  media   songs    1,000          1  cosine     CLASSIC  10,890"""


@pytest.fixture
def evil(s3vectors_mock: Any) -> None:  # noqa: ARG001 - switches it on
    """An index and a bucket with tags that might act as markup; a client could not give them all."""
    seed("media", "films", [[1]])
    index_named("films", "media").set_tags(EVIL)


def in_rich(description: Any, width: int = 300) -> str:
    file = StringIO()
    Console(file=file, width=width).print(description)
    return file.getvalue()


@pytest.mark.usefixtures("s3vectors_mock")
def test_nothing_is_there() -> None:
    description = described()
    assert description.rows == ()
    assert str(description) == repr(description) == "There are no vector buckets."
    assert description._repr_html_() == "<p>There are no vector buckets.</p>"
    assert in_rich(description) == "There are no vector buckets.\n"


@pytest.mark.s3vectors(default_index_mode="CLASSIC")
def test_the_text_is_aligned(s3vectors_client: Client) -> None:
    seed("media", "songs", np.ones((1_000, 1)))
    seed("media", "films", [[1, 2]])
    seed("other", "plots", np.zeros((0, 3)), distance_metric="euclidean", region="eu-west-1", account=OTHER)
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    assert str(described()) == repr(described()) == TABLE


@needs(*MODES, *TAGS, *TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_text_search_and_tags_have_columns_if_there_are_any(s3vectors_client: Client) -> None:
    seed("media", "films", [[1, 2]])
    assert {"Text", "Tags"}.isdisjoint(str(described()).splitlines()[0].split())
    view = seed("media", "songs", [[1, 2]], text_search={"title": "en", "body": None})
    s3vectors_client.tag_resource(resourceArn=view.arn, tags={"team": "search", "x": ""})
    first, _, films, songs = str(described()).splitlines()
    assert first.endswith("  Text search       Tags")
    assert songs.endswith("  title (en), body  team=search, x=")
    assert films.endswith("13")


@pytest.mark.usefixtures("evil")
def test_html_is_escaped() -> None:
    html = described()._repr_html_()
    assert html.startswith("<table><thead><tr><th>Account</th>")
    assert "<td>&lt;script&gt;=[bold]&amp;\\x1b[2J</td></tr></tbody></table>" in html
    assert html.count("<td>") == html.count("<th>") == 10


@pytest.mark.usefixtures("evil")
def test_rich_takes_nothing_for_markup() -> None:
    shown = in_rich(described())
    assert "<script>=[bold]&\\x1b[2J" in shown
    assert "\x1b" not in shown
    assert "films" in shown


@pytest.mark.usefixtures("evil")
def test_rich_loses_nothing_in_a_narrow_terminal() -> None:
    shown = in_rich(described(), width=60)
    letters = "".join(shown.split())
    assert "\N{HORIZONTAL ELLIPSIS}" not in letters
    assert max(map(len, shown.splitlines())) <= 60


@pytest.mark.usefixtures("evil")
def test_a_terminal_obeys_nothing() -> None:
    assert str(described()).endswith("  <script>=[bold]&\\x1b[2J")


@pytest.mark.usefixtures("s3vectors_mock")
def test_it_stays_as_it_was() -> None:
    seed("media", "films", [[1]])
    description = described()
    store().vector_buckets.clear()
    assert [row.index for row in description.rows] == ["films"]


def test_rich_is_loaded_by_rich_alone() -> None:
    program = (
        "import sys\n"
        "from mock_s3vectors.workbench.describe import describe\n"
        "from mock_s3vectors.world import World\n"
        "print(describe(World()), 'rich' in sys.modules)"
    )
    result = run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "There are no vector buckets. False\n"

"""Several servers on one machine share nothing that nobody told them to share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from tests.activation.world import create, names
from tests.durable.line import Line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.durable.nursery import Nursery

KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
# What each of a server's own paths has, by its method in Python.
OWN = ("rules", "calls", "keys", "identities")


def sizes(line: Line) -> dict[str, int]:
    """Counts of all that is a server's own."""
    documents: dict[str, Any] = {name: line.control("GET", f"/{name}") for name in OWN}
    return {name: len(document[name]) for name, document in documents.items()}


def test_servers_of_one_environment_share_nothing(nursery: Nursery, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(home))
    changes = {"environment": {**places, "MOCK_S3VECTORS_SEARCH_ENGINE": "quantized"}}
    with nursery.life(changes=changes) as first, nursery.life(changes=changes) as second:
        assert first.url != second.url
        mine, other = Line(first.url), Line(second.url)
        before = sizes(other)
        create("films", client=mine.client)
        mine.control("POST", "/rules", {"operation": "GetIndex", "fail": 503})
        mine.control("POST", "/keys", {"arn": KEY})
        mine.control("POST", "/identities", {"user": "reader"})
        mine.control("POST", "/clock", {"shift": 1_000_000, "freeze": True})
        assert all(sizes(mine)[name] > before[name] for name in OWN)
        assert sizes(other) == before
        clocks = [line.control("GET", "/clock") for line in (mine, other)]
        assert [clock["frozen"] for clock in clocks] == [True, False]
        assert (names(mine.client), names(other.client)) == (["films"], [])
        # Each says what it has from the environment, and that it keeps nothing.
        for life in (first, second):
            assert "\nThe environment has set MOCK_S3VECTORS_SEARCH_ENGINE.\n" in life.said
            assert "\nAll is in memory alone, and gone when the server ends.\n" in life.said
        assert first.end(signal.SIGTERM) == 0
        assert names(other.client) == []
    assert list(home.iterdir()) == []


def test_servers_of_one_environment_cannot_have_one_state_file(nursery: Nursery, tmp_path: Path) -> None:
    state, port = tmp_path / "state.db", tmp_path / "port"
    own = {"MOCK_S3VECTORS_STATE": str(state), "MOCK_S3VECTORS_PORT_FILE": str(port)}
    changes = {"environment": own}
    with nursery.life(changes=changes) as life:
        told = port.read_text()
        assert life.url.endswith(f":{told.strip()}")
        assert nursery.refusal(changes=changes) == (
            f"mock-s3vectors: Cannot serve {state}: another server keeps its state there. Stop that one, or "
            f"give each server a file of its own. (The environment has set {', '.join(sorted(own))}.)\n"
        )
        # Programs still find the first.
        assert port.read_text() == told
        assert life.end(signal.SIGTERM) == 0
    assert not port.exists()


def test_servers_of_one_environment_cannot_have_one_port(nursery: Nursery) -> None:
    with nursery.life() as life:
        port = life.url.rpartition(":")[2]
        said = nursery.refusal("--port", port)
    assert said == (
        f"mock-s3vectors: Cannot listen on port {port} of 127.0.0.1: Address already in use. Port 0 is any "
        "free port. A mock_s3vectors server answers there.\n"
    )

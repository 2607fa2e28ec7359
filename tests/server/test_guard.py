"""Web pages of somebody else neither drive the server nor read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from tests.activation.world import create, names
from tests.server.wire import Answer, Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import S3VectorsServer

# Something of the service, and something of the control API.
DOORS = ["/CreateVectorBucket", "/_mock_s3vectors/reset"]
FILMS = b'{"vectorBucketName": "films"}'
OTHER = b'{"vectorBucketName": "other"}'
FOREIGN_HOST = (
    "This server listens on a loopback address and does not answer for the host {!r}. If the name is "
    "right, allow it: mock-s3vectors serve --allowed-host NAME, or s3vectors_server(allowed_hosts=[NAME])."
)


def post(connection: Connection, path: str, *headers: str) -> Answer:
    """Send a POST with no headers but these; all that a page needs no permission for."""
    lines = [f"POST {path} HTTP/1.1", f"content-length: {len(OTHER)}", *headers, "", ""]
    connection.send("\r\n".join(lines).encode() + OTHER)
    return connection.answer()


@pytest.fixture
def films(over_http: Any) -> Any:
    """A client that sees one bucket, `films`."""
    create("films", client=over_http)
    return over_http


@pytest.fixture
def own(s3vectors_server: S3VectorsServer) -> str:
    return s3vectors_server.url.removeprefix("http://")


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (["origin: http://evil.example"], "http://evil.example"),
        (["origin: null"], "null"),
        (["origin: https://{own}"], "https://{own}"),
        (["origin: http://127.0.0.1:1"], "http://127.0.0.1:1"),
        (["origin: http://{own}.evil.example"], "http://{own}.evil.example"),
        (["origin: "], ""),
        (["sec-fetch-site: cross-site"], "Sec-Fetch-Site is cross-site"),
        (["origin: http://{own}", "sec-fetch-site: cross-site"], "Sec-Fetch-Site is cross-site"),
        (["origin: http://evil.example", "origin: http://{own}"], "http://evil.example, http://{own}"),
        (["sec-fetch-site: same-origin", "sec-fetch-site: cross-site"], "Sec-Fetch-Site is cross-site"),
        (["sec-fetch-site: cross-site", "sec-fetch-site: same-origin"], "Sec-Fetch-Site is cross-site"),
    ],
)
def test_a_page_of_another_origin(
    connect: Callable[[], Connection], films: Any, path: str, sent: list[str], why: str
) -> None:
    own = films.meta.endpoint_url.removeprefix("http://")
    answer = post(connect(), path, f"host: {own}", *(header.format(own=own) for header in sent))
    text = "A web page of another origin may not call this server: " + why.format(own=own)
    assert answer.error == (403, "AccessDeniedException", text)
    assert answer.headers["content-type"] == "application/json"
    assert names(films) == ["films"]


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_the_servers_own_pages(connection: Connection, over_http: Any, own: str, site: str) -> None:
    for host in (own, own.replace("127.0.0.1", "LocalHost")):
        headers = f"host: {host}", f"origin: http://{host.lower()}", f"sec-fetch-site: {site}"
        assert post(connection, "/_mock_s3vectors/reset", *headers).status == 200
    assert names(over_http) == []


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7380",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "128.0.0.1",
        "0.0.0.0",  # noqa: S104 - what the client asks for
        "[::2]:7380",
        "[::1",
        "::1",
        "localhost:7380:7380",
        "localhost@evil.example",
    ],
)
def test_a_host_that_is_not_this_machine(connection: Connection, films: Any, path: str, host: str) -> None:
    """The page of such a host is of the server's origin."""
    answer = post(connection, path, f"host: {host}", f"origin: http://{host}")
    assert answer.error == (421, "MisdirectedRequestException", FOREIGN_HOST.format(host))
    assert names(films) == ["films"]


@pytest.mark.parametrize("name", ["host", "origin"])
def test_an_answer_does_not_grow_with_a_header(connection: Connection, own: str, name: str) -> None:
    headers = {"host": own, name: "x" * 100_000}
    answer = post(connection, "/CreateVectorBucket", *(f"{key}: {value}" for key, value in headers.items()))
    status, _, text = answer.error
    assert status == {"host": 421, "origin": 403}[name]
    assert "x" * 300 + "... (100000 characters)" in text
    assert len(text) < 600


@pytest.mark.parametrize(("length", "shown"), [(300, "x" * 300), (301, "x" * 300 + "... (301 characters)")])
def test_a_header_of_300_characters_is_shown_whole(
    connection: Connection, own: str, length: int, shown: str
) -> None:
    _, _, text = post(connection, "/CreateVectorBucket", f"host: {own}", f"origin: {'x' * length}").error
    assert text == f"A web page of another origin may not call this server: {shown}"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:1",
        "localhost.",
        "s3.films.localhost:7380",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]:1",
    ],
)
def test_hosts_of_the_loopback_interface(connection: Connection, host: str) -> None:
    assert post(connection, "/CreateVectorBucket", f"host: {host}").status == 200


def test_a_client_of_http_1_0_names_no_host(connection: Connection) -> None:
    connection.send(b"POST /ListVectorBuckets HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}")
    assert connection.answer().status == 200


def test_an_origin_without_a_host_is_foreign(connection: Connection) -> None:
    connection.send(
        b"POST /ListVectorBuckets HTTP/1.0\r\norigin: http://x.example\r\ncontent-length: 2\r\n\r\n{}"
    )
    assert connection.answer().status == 403


def test_hosts_that_are_allowed() -> None:
    allowed = ["Films.Test", "host.docker.internal:7380", "my_service", "192.0.2.1", "fe80::1"]
    with s3vectors_server(allowed_hosts=allowed) as server:
        line = Connection(server.url)
        for host in (
            *("films.test", "FILMS.TEST:80", "host.docker.internal:1"),
            *("my_service", "192.0.2.1:80", "[fe80::1]:80"),
        ):
            own = f"origin: http://{host.lower()}"
            assert post(line, "/_mock_s3vectors/reset", f"host: {host}", own).status == 200
        assert post(line, "/_mock_s3vectors/reset", "host: films.example").status == 421
        line.close()


def test_a_server_for_other_machines_answers_for_every_name() -> None:
    """It cannot know its names; foreign pages are refused all the same."""
    with s3vectors_server(host="0.0.0.0") as server:  # noqa: S104 - the point of it
        line = Connection(server.url)
        assert post(line, "/CreateVectorBucket", "host: films.example").status == 200
        foreign = "origin: http://evil.example"
        assert post(line, "/CreateVectorBucket", "host: films.example", foreign).status == 403
        line.close()


def test_clients_that_are_no_browsers_go_on_working(own: str) -> None:
    port = own.rpartition(":")[2]
    with mock_s3vectors():
        for host in ("localhost", "127.0.0.1"):
            client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=f"http://{host}:{port}")
            assert names(client) == []


def test_a_large_body_of_a_foreign_page_is_refused_too(connect: Callable[[], Connection]) -> None:
    line = connect()
    line.send(
        b"POST /PutVectors HTTP/1.1\r\nhost: localhost\r\norigin: null\r\nconnection: close\r\n"
        b"content-length: 10000000\r\n\r\n" + bytes(10_000_000)
    )
    assert line.answer().status == 403
    assert line.closed_by_the_server


def test_refused_calls_are_no_calls(connection: Connection, own: str) -> None:
    post(connection, "/CreateVectorBucket", f"host: {own}", "origin: null")
    assert connection.ask("GET", "/_mock_s3vectors/calls", b"").json == {"calls": [], "dropped": 0}

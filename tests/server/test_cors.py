"""Web pages of the origins that are allowed call the server, and their browsers show them its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import UsageError, s3vectors_server
from mock_s3vectors.__main__ import main
from tests.activation.world import names
from tests.server.wire import Answer, Connection, head, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import S3VectorsServer

PAGE = "http://localhost:5173"
EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
LIST = "/ListVectorBuckets"
RESET = "/_mock_s3vectors/reset"
UI = "/_mock_s3vectors/ui"
FILMS = b'{"vectorBucketName": "films"}'
EXPOSED = {
    "date",
    "retry-after",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amz-retry-after",
    "x-amzn-errortype",
    "x-amzn-requestid",
}


@pytest.fixture(scope="module")
def server() -> Iterator[S3VectorsServer]:
    with s3vectors_server(cors=[PAGE, EXTENSION]) as server:
        yield server


@pytest.fixture
def line(server: S3VectorsServer) -> Iterator[Connection]:
    server.reset()
    server.mock.calls.clear()
    line = Connection(server.url)
    yield line
    line.close()


def ask(line: Connection, method: str, path: str, *headers: str, body: bytes = b"{}") -> Answer:
    line.send(request(method, path, body, *headers))
    return line.answer()


def preflight(line: Connection, path: str, *headers: str, origin: str = PAGE) -> Answer:
    return ask(
        line,
        "OPTIONS",
        path,
        f"origin: {origin}",
        "access-control-request-method: POST",
        "sec-fetch-site: cross-site",
        *headers,
        body=b"",
    )


def shown(answer: Answer) -> dict[str, str]:
    """The headers that are about other origins."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control")}


def check_shown_to(answer: Answer, origin: str) -> None:
    assert answer.headers["access-control-allow-origin"] == origin
    assert set(answer.headers["access-control-expose-headers"].split(", ")) == EXPOSED
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("path", [LIST, RESET, "/nothing"])
@pytest.mark.parametrize("origin", [PAGE, EXTENSION])
def test_a_browser_asks_before_a_call(line: Connection, path: str, origin: str) -> None:
    wanted = "authorization,content-type,x-amz-date,x-amz-user-agent"
    answer = preflight(line, path, f"access-control-request-headers: {wanted}", origin=origin)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, POST, PUT"
    assert answer.headers["access-control-allow-headers"] == wanted
    assert answer.headers["access-control-max-age"] == "600"
    assert "access-control-allow-private-network" not in answer.headers
    # The connection goes on.
    assert ask(line, "POST", LIST).status == 200


def test_it_asks_whether_a_page_of_the_internet_may_call_this_machine(line: Connection) -> None:
    answer = preflight(line, LIST, "access-control-request-private-network: true")
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert "access-control-allow-headers" not in answer.headers


def test_what_a_browser_asks_is_no_call(line: Connection) -> None:
    preflight(line, LIST)
    assert ask(line, "GET", "/_mock_s3vectors/calls", body=b"").json == {"calls": [], "dropped": 0}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("origin", [PAGE, EXTENSION])
def test_a_page_of_an_allowed_origin_calls(line: Connection, origin: str, site: str) -> None:
    headers = f"origin: {origin}", f"sec-fetch-site: {site}"
    created = ask(line, "POST", "/CreateVectorBucket", *headers, body=FILMS)
    again = ask(line, "POST", "/CreateVectorBucket", *headers, body=FILMS)
    unknown = ask(line, "POST", "/nothing", *headers)
    calls = ask(line, "GET", "/_mock_s3vectors/calls", *headers, body=b"")
    nowhere = ask(line, "GET", "/_mock_s3vectors/nowhere", *headers, body=b"")
    reset = ask(line, "POST", RESET, *headers)
    other_method = ask(line, "OPTIONS", LIST, *headers)
    answers = [created, again, unknown, calls, nowhere, reset, other_method]
    assert [answer.status for answer in answers] == [200, 409, 404, 200, 404, 200, 404]
    for answer in answers:
        check_shown_to(answer, origin)


def test_a_page_sees_why_its_request_is_refused(line: Connection) -> None:
    origin = f"origin: {PAGE}"
    line.send(head("POST", LIST, origin, "transfer-encoding: chunked") + b"zz\r\n{}\r\n")
    answer = line.answer()
    assert answer.status == 400
    check_shown_to(answer, PAGE)


def test_a_page_sees_that_its_host_is_refused(line: Connection) -> None:
    line.send(f"POST {LIST} HTTP/1.1\r\nhost: evil.example\r\norigin: {PAGE}\r\n\r\n".encode())
    answer = line.answer()
    assert answer.status == 421
    check_shown_to(answer, PAGE)


@pytest.mark.parametrize("path", ["/CreateVectorBucket", RESET])
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:5173",
        "http://localhost:51730",
        "https://localhost:5173",
        "http://LOCALHOST:5173",
        f"{PAGE}/",
        f"{PAGE} ,{PAGE}",
        f"{PAGE}.evil.example",
        f"{PAGE}\r\norigin: http://evil.example",
        f"{PAGE}\r\norigin: {PAGE}",
    ],
)
def test_pages_of_all_other_origins_are_refused(line: Connection, path: str, origin: str) -> None:
    asked, answer = (
        preflight(line, path, origin=origin),
        ask(line, "POST", path, f"origin: {origin}", body=FILMS),
    )
    for refusal in (asked, answer):
        assert refusal.error[:2] == (403, "AccessDeniedException")
        assert shown(refusal) == {}
        assert refusal.headers["vary"] == "Origin"


def test_without_an_origin_all_is_as_before(server: S3VectorsServer, line: Connection) -> None:
    answer = ask(line, "POST", LIST)
    assert (answer.status, shown(answer)) == (200, {})
    assert ask(line, "POST", LIST, "sec-fetch-site: cross-site").status == 403
    own = ask(line, "POST", LIST, "origin: http://localhost")
    assert (own.status, shown(own)) == (200, {})
    assert names(boto3.client("s3vectors", "us-east-1", endpoint_url=server.url)) == []


@pytest.mark.parametrize("path", [UI, f"{UI}/", f"{UI}/files/main.js", f"{UI}/data/indexes", f"{UI}/../ui"])
def test_the_page_of_the_server_is_for_itself(line: Connection, path: str) -> None:
    text = f"A web page of another origin may call this server, but not its page {UI}: {PAGE}"
    for answer in (ask(line, "GET", path, f"origin: {PAGE}", body=b""), preflight(line, path)):
        assert answer.error == (403, "AccessDeniedException", text)
        check_shown_to(answer, PAGE)


def test_nobody_is_allowed_without_being_named() -> None:
    with s3vectors_server() as server:
        line = Connection(server.url)
        for answer in (
            preflight(line, LIST),
            ask(line, "POST", LIST, f"origin: {PAGE}"),
            ask(line, "POST", LIST),
        ):
            assert shown(answer) == {}
            assert "vary" not in answer.headers
        line.close()


EXAMPLE = (
    " is not an origin as browsers send it: give 'http://localhost:5173', for instance: scheme and host of the "
    "page, and the port if its URL has one."
)
WRONG = {
    "http://localhost:5173/": "http://localhost:5173",
    "http://localhost:5173/app?a=b#c": "http://localhost:5173",
    "localhost:5173": "http://localhost:5173",
    "films.example": "http://films.example",
    "HTTP://Films.Example": "http://films.example",
    "http://films.example:80": "http://films.example",
    "https://films.example:443": "https://films.example",
    "https://me:secret@films.example": "https://films.example",
    "http://[::1]:80": "http://[::1]",
    " http://films.example": "http://films.example",
}


@pytest.mark.parametrize(("given", "right"), WRONG.items())
def test_an_origin_of_another_form(given: str, right: str) -> None:
    with pytest.raises(UsageError) as refused:
        s3vectors_server(cors=[given])
    assert str(refused.value) == f"{given!r} is not an origin as browsers send it: give {right!r}."
    assert s3vectors_server(cors=[right])


@pytest.mark.parametrize(
    "given",
    ["", "http://", "http://*.films.example", "http://films.example:99999", "http://films example", "//", 7],
)
def test_what_is_no_origin(given: Any) -> None:
    with pytest.raises(UsageError) as refused:
        s3vectors_server(cors=[given])
    assert str(refused.value) == f"{given!r}{EXAMPLE}"


def test_origins_that_mean_every_page() -> None:
    with pytest.raises(UsageError) as refused:
        s3vectors_server(cors=["*"])
    assert str(refused.value) == (
        "The origin '*' would let every web page that somebody visits read and control this server: give the "
        "origin of each page that may, such as 'http://localhost:5173'."
    )
    with pytest.raises(UsageError) as refused:
        s3vectors_server(cors=["null"])
    assert str(refused.value) == (
        "The origin 'null' is that of pages in files, but also of frames that every web page can make. Serve "
        "the file (python -m http.server 8000), and give 'http://localhost:8000'."
    )


def test_origins_are_a_list() -> None:
    with pytest.raises(UsageError) as refused:
        s3vectors_server(cors=PAGE)
    assert str(refused.value) == f"cors={PAGE!r}: it must be a list of origins, such as [{PAGE!r}]."


def test_the_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", "--cors", PAGE, "--cors", f"{PAGE}/"]) == 1
    text = f"mock-s3vectors: '{PAGE}/' is not an origin as browsers send it: give '{PAGE}'.\n"
    assert capsys.readouterr().err == text

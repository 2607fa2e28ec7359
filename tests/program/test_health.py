"""`mock-s3vectors health` and `mock-s3vectors wait`, of servers of ours, of other programs, and of none."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from itertools import chain, repeat
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.__main__ import main
from mock_s3vectors.cli import health, probing, wait
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.serving.http_server import HttpServer
from mock_s3vectors.serving.initializing import Initialization
from tests.server.certificates import Certificates, make_certificates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mock_s3vectors import S3VectorsServer

OURS = f"mock_s3vectors {version('mock_s3vectors')}"
STRANGER = "another program answers there, and no mock_s3vectors server"
OK = (200, json.dumps({"status": "ok", "version": "1"}))
STARTING = (503, json.dumps({"status": "starting", "version": "1"}))
SCRIPTS = (
    200,
    json.dumps(
        {
            "status": "running",
            "scripts": [
                {"name": "1.sh", "status": "done"},
                {"name": "2.py", "status": "running"},
                {"name": "3.db", "status": "waiting"},
            ],
        }
    ),
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs the program; returns its status, and what it says where that belongs."""

    def run_it(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        said = capsys.readouterr()
        assert (said.err if status == 0 else said.out) == ""
        return status, said.out if status == 0 else said.err.removeprefix("mock-s3vectors: ")

    return run_it


@contextmanager
def answering(
    *answers: tuple[int, str], init: tuple[int, str] = (404, ""), headers: Iterable[tuple[str, str]] = ()
) -> Iterator[str]:
    """Another program, and its URL: it gives these answers, and then the last one for ever."""
    coming = chain(answers, repeat(answers[-1]))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = init if self.path.endswith("/init") else next(coming)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def nobody() -> Iterator[str]:
    """A URL at which nobody listens, though the port is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def port_of(url: str) -> str:
    return url.rpartition(":")[2]


@pytest.mark.parametrize("command", ["health", "wait"])
@pytest.mark.parametrize("end", ["", "/"])
def test_a_healthy_server(
    s3vectors_server: S3VectorsServer, run: Callable[..., Any], command: str, end: str
) -> None:
    url = s3vectors_server.url
    assert run(command, "--url", f"{url}{end}") == (0, f"{url} is healthy: {OURS}.\n")


def test_nobody_listens(nobody: str, run: Callable[..., Any]) -> None:
    assert run("health", "--url", nobody) == (1, f"{nobody} is not healthy: connection refused.\n")
    assert run("wait", "--url", nobody, "--timeout", "0") == (
        1,
        f"{nobody} is not healthy after 0 s: connection refused.\n",
    )


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((404, "<html>"), "HTTP 404"),
        ((200, "<html>"), "HTTP 200"),
        ((200, '{"status": "ok"}'), "HTTP 200"),
        ((200, "[1]"), "HTTP 200"),
        ((503, "down"), "HTTP 503"),
        ((302, ""), "HTTP 302"),
        ((200, "[" * 60_000), "HTTP 200"),
        ((200, '{"a":' * 10_000), "HTTP 200"),
    ],
)
def test_another_program_answers(answer: tuple[int, str], what: str, run: Callable[..., Any]) -> None:
    with answering(answer, headers=[("location", "/elsewhere")]) as url:
        assert run("health", "--url", url) == (1, f"{url} is not healthy: {STRANGER}: {what}.\n")


def test_another_program_that_does_not_speak_http(run: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                connection.recv(10_000)

        thread = Thread(target=greet)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        status, said = run("health", "--url", url)
        assert status == 1
        assert said == f"{url} is not healthy: {STRANGER}: it does not speak HTTP.\n"
        thread.join()


def test_a_program_that_does_not_answer(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing.look, "__kwdefaults__", {"seconds": 0.05})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert run("health", "--url", url) == (1, f"{url} is not healthy: no answer within 0.05 s.\n")


@pytest.mark.parametrize(
    "sends",
    [
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["head", "body", "continue"],
)
def test_a_program_whose_answer_never_ends(
    sends: tuple[bytes, bytes], run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing.look, "__kwdefaults__", {"seconds": 0.1})
    over, (first, again) = Event(), sends
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def send() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(first)
                while not over.wait(0.02):
                    connection.sendall(again)

        thread = Thread(target=send)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert run("health", "--url", url) == (1, f"{url} is not healthy: no answer within 0.1 s.\n")
        over.set()
        thread.join()


def test_a_terminal_obeys_no_other_program(run: Callable[..., Any]) -> None:
    with answering((200, json.dumps({"status": "ok", "version": "1\x1b[2J\n\ud800"}))) as url:
        assert run("health", "--url", url) == (0, f"{url} is healthy: mock_s3vectors 1\\x1b[2J\\n\\ud800.\n")
    strange = {"scripts": [{"name": "\x1b[2J", "status": "running"}]}
    with answering(STARTING, init=(200, json.dumps(strange))) as url:
        assert run("health", "--url", url)[1].endswith("0 of 1 scripts are done, \\x1b[2J is running.\n")


@pytest.mark.parametrize(
    ("init", "how_far"),
    [
        (SCRIPTS, "starting: 1 of 3 scripts are done, 2.py is running"),
        ((404, ""), "starting"),
        ((200, '{"scripts": 5}'), "starting"),
    ],
)
def test_a_server_that_is_starting(init: tuple[int, str], how_far: str, run: Callable[..., Any]) -> None:
    with answering(STARTING, init=init) as url:
        assert run("health", "--url", url) == (1, f"{url} is not healthy: HTTP 503, {how_far}.\n")
        assert run("wait", "--url", url, "--timeout", "0.01") == (
            1,
            f"{url} is not healthy after 0.01 s: HTTP 503, {how_far}.\n",
        )


def test_scripts_of_a_server_that_is_starting(run: Callable[..., Any], tmp_path: Path) -> None:
    folder, go = tmp_path / "init", tmp_path / "go"
    folder.mkdir()
    (folder / "10-first.sh").write_text("true\n")
    (folder / "20-second.sh").write_text(f"until [ -e {go} ]; do sleep 0.01; done\n")
    initialization, done = Initialization(folder), Event()
    server = HttpServer("127.0.0.1", 0, initialization=initialization)
    with mock_s3vectors() as mock:
        level = STACK.level_of(mock)
        assert level
        server.start()
        try:
            initialization.begin(level, server.url, None, then=done.set, fail=lambda _: done.set())
            said = ""
            while "20-second.sh" not in said:
                status, said = run("health", "--url", server.url)
                assert status == 1
            how_far = "HTTP 503, starting: 1 of 2 scripts are done, 20-second.sh is running"
            assert said == f"{server.url} is not healthy: {how_far}.\n"
            go.touch()
            assert run("wait", "--url", server.url) == (0, f"{server.url} is healthy: {OURS}.\n")
            assert done.wait(10)
        finally:
            initialization.stop()
            initialization.join()
            server.stop()


def test_it_waits_for_a_server_that_is_starting(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "_PAUSE", 0.001)
    with answering((404, ""), STARTING, STARTING, OK) as url:
        assert run("wait", "--url", url) == (0, f"{url} is healthy: mock_s3vectors 1.\n")


@pytest.mark.parametrize(("timeout", "patience"), [("60", 5), ("3", 3), ("0", 1)])
def test_a_server_that_says_nothing_is_not_waited_for_longer(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, timeout: str, patience: int
) -> None:
    waited = []

    def look(*_: object, seconds: float) -> probing.Seen:
        waited.append(seconds)
        return probing.Seen(is_ours=True, is_healthy=True, text="")

    monkeypatch.setattr(wait, "look", look)
    assert run("wait", "--timeout", timeout)[0] == 0
    assert waited == [pytest.approx(patience, abs=0.5)]


def test_it_waits_for_a_server_that_does_not_listen_yet(
    nobody: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers: list[HttpServer] = []

    def sleep(_: float) -> None:
        servers.append(HttpServer("127.0.0.2", int(port_of(nobody))))
        servers[-1].start()

    monkeypatch.setattr("mock_s3vectors.cli.wait.time.sleep", sleep)
    url = nobody.replace("127.0.0.1", "127.0.0.2")
    try:
        assert run("wait", "--url", url) == (0, f"{url} is healthy: {OURS}.\n")
    finally:
        (server,) = servers
        server.stop()


def test_a_host_name_that_the_server_does_not_know(
    s3vectors_server: S3VectorsServer, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: resolve("127.0.0.1", *rest, **more))
    url = s3vectors_server.url.replace("127.0.0.1", "films.internal")
    status, said = run("health", "--url", url)
    assert status == 1
    assert said.startswith(f"{url} is not healthy: HTTP 421, MisdirectedRequestException: ")


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_no_proxy_is_asked(
    s3vectors_server: S3VectorsServer,
    nobody: str,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    # They come back before the server takes them away.
    with monkeypatch.context() as patch:
        patch.delenv("no_proxy")
        patch.delenv("NO_PROXY")
        patch.setenv(name, nobody)
        assert run("health", "--url", s3vectors_server.url)[0] == 0


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "http://127.0.0.1:7380"),
        ({"PORT": "7381"}, "http://127.0.0.1:7381"),
        ({"HOST": "0.0.0.0", "PORT": "80"}, "http://127.0.0.1:80"),  # noqa: S104 - nobody listens there
        ({"HOST": "::"}, "http://[::1]:7380"),
        ({"HOST": "fe80::1"}, "http://[fe80::1]:7380"),
        ({"HOST": "films"}, "http://films:7380"),
        ({"PORT": "tcp://10.0.0.7:7380"}, "http://127.0.0.1:7380"),
        ({"CERTIFICATE": "server.pem"}, "https://127.0.0.1:7380"),
        ({"URL": "http://s3vectors:80", "PORT": "7381", "CERTIFICATE": "server.pem"}, "http://s3vectors:80"),
    ],
)
def test_where_the_server_is_by_default(
    variables: dict[str, str], url: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def look(*where: object, **_: object) -> probing.Seen:
        asked.append(where)
        return probing.Seen(is_ours=True, is_healthy=True, text="it is")

    for module in (health, wait):
        monkeypatch.setattr(module, "look", look)
    for name, text in variables.items():
        monkeypatch.setenv(f"MOCK_S3VECTORS_{name}", text)
    for command in ("health", "wait"):
        assert run(command) == (0, f"{url} is healthy: it is.\n")
    assert asked == [(url, variables.get("CERTIFICATE"))] * 2
    assert run("health", "--url", "http://other")[1] == "http://other is healthy: it is.\n"


@pytest.mark.parametrize("port", ["0", "http", "-1", "65536"])
def test_a_port_that_is_none(port: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_S3VECTORS_PORT", port)
    said = f"MOCK_S3VECTORS_PORT={port!r} names no port: give the server's address with --url.\n"
    assert run("health") == (1, said)


@pytest.mark.parametrize(
    "url",
    [
        *("", "127.0.0.1:7380", "ftp://127.0.0.1", "http://", "http://a:b", "http://a:0"),
        *("http://a/b c", "http://a/?b", "http://a/#b", "http://a/\r\nhost: b", "http://a/é", "http://a\x1b"),
    ],
)
def test_urls_that_are_none(url: str, run: Callable[..., Any]) -> None:
    said = f"--url {url}: it is not the URL of a server: write http://127.0.0.1:7380.\n"
    assert run("health", "--url", url) == (1, said)


def test_a_password_in_a_url_is_not_shown(run: Callable[..., Any]) -> None:
    said = "--url: a server takes no name and no password in its URL, and no @.\n"
    assert run("health", "--url", "http://me:secret@127.0.0.1:7380") == (1, said)


@pytest.mark.parametrize("host", ["a..b", "a" * 64])
def test_a_host_that_is_no_name(host: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    said = f"http://{host}:7380 is not healthy: that is not a host name.\n"
    assert run("health", "--url", f"http://{host}:7380") == (1, said)
    monkeypatch.setenv("MOCK_S3VECTORS_HOST", host)
    assert run("health") == (1, said)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_https(
    files: Certificates, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Whom to trust is said by the server's own certificate, too. It need not name the loopback interface."""
    with s3vectors_server(host=host, certificate=files.both) as server:
        assert server.url.startswith(f"https://{host}:")
        for trusted in (files.authority, files.certificate, files.both):
            found = run("health", "--url", server.url, "--certificate", str(trusted))
            assert found == (0, f"{server.url} is healthy: {OURS}.\n")
        status, said = run("health", "--url", server.url)
        assert status == 1
        assert re.fullmatch(
            f"{server.url} is not healthy: its certificate is not trusted, .+: give it with --certificate.\n",
            said,
        )
        monkeypatch.setattr(
            ssl, "create_default_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        status, said = run("health", "--url", server.url, "--certificate", str(files.other_key))
        assert status == 1
        assert "is not trusted" in said
        assert "--certificate" not in said


@pytest.mark.parametrize("host", ["films.internal", "127.films.internal"])
def test_other_names_are_checked(
    files: Certificates, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: resolve("127.0.0.1", *rest, **more))
    with s3vectors_server(certificate=files.both) as server:
        url = server.url.replace("127.0.0.1", host)
        status, said = run("health", "--url", url, "--certificate", str(files.authority))
    assert status == 1
    assert said.startswith(f"{url} is not healthy: its certificate is not trusted, Hostname mismatch")


def test_names_are_checked_where_the_system_is_trusted(
    files: Certificates, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    for host, is_healthy in (("127.0.0.1", True), ("127.0.0.2", False)):  # the certificate names the first
        with s3vectors_server(host=host, certificate=files.both) as server:
            assert run("health", "--url", server.url)[0] != is_healthy


def test_http_where_https_is_spoken(files: Certificates, run: Callable[..., Any]) -> None:
    with s3vectors_server(certificate=files.both) as server:
        url, port = server.url.replace("https", "http"), port_of(server.url)
        status, said = run("health", "--url", url)
        assert status == 1
        assert said == (
            f"{url} is not healthy: HTTP 400, MalformedHttpRequestException: This server speaks HTTPS only: "
            f"call {server.url}.\n"
        )
        assert run("serve", "--port", port)[1].endswith(" A mock_s3vectors server answers there.\n")


def test_a_certificate_that_cannot_be_read(run: Callable[..., Any]) -> None:
    arguments = ("--url", "https://127.0.0.1:1", "--certificate", "missing.pem")
    said = "Cannot read the certificate missing.pem: No such file or directory.\n"
    assert run("health", *arguments) == (1, said)


def test_a_port_that_another_program_has(run: Callable[..., Any]) -> None:
    with answering((404, "")) as url:
        status, said = run("serve", "--port", port_of(url))
    assert status == 1
    assert said == (
        f"Cannot listen on port {port_of(url)} of 127.0.0.1: Address already in use. "
        "Port 0 is any free port. Another program has it.\n"
    )


def test_a_port_that_a_starting_server_has(run: Callable[..., Any]) -> None:
    with answering(STARTING) as url:
        status, said = run("serve", "--port", port_of(url))
    assert status == 1
    assert said.endswith(" A mock_s3vectors server answers there.\n")


def test_it_starts_quickly() -> None:
    """A container asks every few seconds: nothing is loaded but the standard library."""
    program = (
        "import sys; from mock_s3vectors.__main__ import main; "
        "status = main(['wait', '--url', 'http://127.0.0.1:1', '--timeout', '0']); "
        "print(status, *sys.modules)"
    )
    command = [sys.executable, "-c", program]
    status, *loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert status == "1"
    heavy = {"asyncio", "boto3", "botocore", "faiss", "numpy", "orjson", "regex", "starlette", "uvicorn"}
    assert heavy.isdisjoint(loaded)
    ours = {name.split(".")[1] for name in loaded if name.startswith("mock_s3vectors.")}
    assert ours == {"__main__", "cli", "errors", "loading"}


@pytest.mark.usefixtures("no_coverage")
def test_a_server_starts_quickly() -> None:
    """Engines, the page and the state file are loaded by the first request that needs them."""
    program = """if True:
        import os, signal, sys
        from mock_s3vectors.__main__ import main
        from mock_s3vectors.cli import serve

        def announce(text):
            if text == "Ready.":
                print(*sys.modules)
                os.kill(os.getpid(), signal.SIGTERM)

        serve.announce = announce
        main(["serve", "--port", "0"])
    """
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "mock_s3vectors.serving.application" in loaded
    heavy = {"aiobotocore", "boto3", "faiss", "jinja2", "numpy", "shtab", "sqlite3", "Stemmer"}
    assert not heavy & set(loaded)

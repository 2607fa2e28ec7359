"""The server over HTTPS."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, SSLError

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.__main__ import main
from mock_s3vectors.serving import handshakes
from mock_s3vectors.serving.connections import Limits
from mock_s3vectors.serving.tls import server_context
from tests.activation.world import create, names
from tests.server.certificates import Certificates, make_certificates
from tests.server.test_connections import HALVES, Server, ask_for_much, held
from tests.server.wire import DEADLINE, Connection, head, request, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors import S3VectorsServer

__all__ = ["held"]

LIST = "/ListVectorBuckets"
HEALTH = "/_mock_s3vectors/health"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def trusting(files: Certificates) -> ssl.SSLContext:
    """The settings of a client that trusts the authority."""
    return ssl.create_default_context(cafile=files.authority)


@pytest.fixture
def secure(files: Certificates) -> Iterator[S3VectorsServer]:
    with s3vectors_server(certificate=files.certificate, key=files.key) as server:
        yield server


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def server(limits: Limits, files: Certificates, trusting: ssl.SSLContext) -> Iterator[Server]:
    """A server whose clock tests move; its connections speak TLS."""
    context = server_context(files.both, None)
    assert context
    with mock_s3vectors():
        server = Server(limits, (context, trusting))
        server.start()
        yield server
        for line in server.opened:
            line.close()
        server.stop()


def client_of(server: S3VectorsServer, files: Certificates, **settings: Any) -> Any:
    trust = str(files.authority)
    return boto3.client("s3vectors", "us-east-1", endpoint_url=server.url, verify=trust, **settings)


# --- clients --------------------------------------------------------------------------------------


def test_clients_that_trust_the_authority(
    secure: S3VectorsServer, files: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secure.url.startswith("https://127.0.0.1:")
    client = client_of(secure, files)
    create("films", client=client)
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_vector_bucket(vectorBucketName="missing")
    answer = requests.get(secure.url + HEALTH, verify=str(files.authority), timeout=DEADLINE)
    assert answer.json()["status"] == "ok"
    # As other programs are told; the server itself has told them its URL.
    monkeypatch.setenv("AWS_CA_BUNDLE", str(files.authority))
    assert os.environ["AWS_ENDPOINT_URL_S3VECTORS"] == secure.url
    told = boto3.client("s3vectors", "us-east-1")
    assert told.meta.endpoint_url == secure.url
    with mock_s3vectors():
        assert names(told) == ["films"]


def test_a_client_that_does_not_trust_it(secure: S3VectorsServer, caplog: pytest.LogCaptureFixture) -> None:
    client = boto3.client("s3vectors", "us-east-1", endpoint_url=secure.url, config=ONCE)
    with pytest.raises(SSLError, match="certificate verify failed"):
        client.list_vector_buckets()
    wait_for(lambda: bool(caplog.records))
    (text,) = (record.getMessage() for record in caplog.records)
    assert text.startswith("127.0.0.1:")
    assert text.endswith(": no TLS connection: the client does not trust the server's certificate.")


def test_a_client_without_tls_is_told_the_url(
    secure: S3VectorsServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = secure.url.replace("https", "http")
    text = f"This server speaks HTTPS only: call {secure.url}."
    client = boto3.client("s3vectors", "us-east-1", endpoint_url=url)
    with pytest.raises(ClientError) as refused:
        client.list_vector_buckets()
    assert refused.value.response["Error"] == {"Code": "MalformedHttpRequestException", "Message": text}
    line = Connection(url)
    line.send(b"no HTTP either")
    assert line.answer().error == (400, "MalformedHttpRequestException", text)
    assert line.closed_by_the_server
    line.close()
    said = [record.getMessage().partition(" ")[2] for record in caplog.records]
    assert said == [f"calls without TLS, but this server answers at {secure.url} only."] * 2


def test_a_name_for_the_certificate(files: Certificates) -> None:
    with s3vectors_server(host="localhost", certificate=files.both) as server:
        assert server.url.startswith("https://localhost:")
        assert requests.get(server.url + HEALTH, verify=str(files.authority), timeout=DEADLINE).ok
        assert "localhost" in os.environ["NO_PROXY"].split(",")


def test_policies_see_that_the_transport_is_secure(secure: S3VectorsServer, files: Certificates) -> None:
    when = {"Bool": {"aws:SecureTransport": "true"}}
    with mock_s3vectors():
        user = secure.mock.iam.user("reader").allow("ListVectorBuckets", when=when)
        assert names(client_of(secure, files, **user)) == []


def test_the_servers_own_pages(secure: S3VectorsServer, trusting: ssl.SSLContext) -> None:
    line = Connection(secure.url, trusting)
    for origin, status in {"https://localhost": 200, "http://localhost": 403}.items():
        line.send(request("POST", LIST, b"{}", f"origin: {origin}"))
        assert line.answer().status == status
    line.close()


def test_a_client_that_offers_http_2_is_told_to_speak_http_1(
    secure: S3VectorsServer, files: Certificates
) -> None:
    offering = ssl.create_default_context(cafile=files.authority)
    offering.set_alpn_protocols(["h2", "http/1.1"])
    line = Connection(secure.url, offering)
    assert line.ask("POST", LIST).status == 200
    tls: Any = vars(line)["_socket"]
    assert tls.selected_alpn_protocol() == "http/1.1"
    line.close()


@pytest.mark.parametrize("kind", ["reset", "empty", "malformed"])
def test_answers_get_lost(secure: S3VectorsServer, files: Certificates, kind: Any) -> None:
    client = client_of(secure, files, config=Config(retries={"total_max_attempts": 2, "mode": "standard"}))
    secure.mock.disconnect("ListVectorBuckets", kind, times=1)
    assert names(client) == []
    assert len(secure.mock.calls) == 2


# --- files ----------------------------------------------------------------------------------------


def test_files_that_cannot_be_used(files: Certificates, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_bytes(b"\x30\x82 DER")
    damaged = tmp_path / "damaged.pem"
    damaged.write_bytes(files.both.read_bytes().replace(b"MI", b"IM"))
    missing = tmp_path / "missing.pem"
    chain = files.certificate
    refusals: dict[tuple[Any, Any], str] = {
        (None, files.key): f"The key {files.key} has no certificate: give the file of its certificate too.",
        (chain, None): f"{chain} has a certificate and no private key: give the file of its key too.",
        (missing, files.key): f"Cannot read the certificate {missing}: No such file or directory.",
        (chain, missing): f"Cannot read the key {missing}: No such file or directory.",
        (tmp_path, files.key): f"Cannot read the certificate {tmp_path}: Is a directory.",
        (nonsense, files.key): f"{nonsense} has no certificate in PEM, which begins with "
        "-----BEGIN CERTIFICATE-----.",
        (chain, nonsense): f"{nonsense} has no private key in PEM, which begins with "
        "-----BEGIN PRIVATE KEY-----.",
        (
            chain,
            files.other_key,
        ): f"The key {files.other_key} is not that of the first certificate in {chain}.",
        (
            chain,
            files.encrypted,
        ): f"The key {files.encrypted} needs a password, and the server asks for none: "
        f"write it without, by openssl pkey -in {files.encrypted} -out plain.pem",
        (
            damaged,
            None,
        ): f"Cannot use the certificate {damaged} with the key {damaged}: OpenSSL says: pem lib.",
        (7, None): "certificate=7 is of type int: it must be the path of a file.",
        (chain, b"key"): "key=b'key' is of type bytes: it must be the path of a file.",
    }
    for (certificate, key), text in refusals.items():
        with pytest.raises(UsageError) as refused:
            s3vectors_server(certificate=certificate, key=key)
        assert str(refused.value) == text


def test_a_file_that_nobody_may_read(files: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(UsageError, match=r"^Cannot read the certificate .*both\.pem: Permission denied\.$"):
        server_context(files.both, None)


def test_the_flags(files: Certificates, capsys: pytest.CaptureFixture[str]) -> None:
    certificate, key = str(files.certificate), str(files.other_key)
    assert main(["serve", "--port", "0", "--certificate", certificate, "--key", key]) == 1
    text = f"mock-s3vectors: The key {key} is not that of the first certificate in {certificate}.\n"
    assert capsys.readouterr().err == text


# --- waiting, and the end -------------------------------------------------------------------------


@contextmanager
def beginning() -> Iterator[tuple[handshakes.Handshakes, socket.socket]]:
    """A handshake whose client says nothing, and the server's end of its connection."""
    known = handshakes.Handshakes(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), DEADLINE, "https://localhost")
    client, accepted = socket.socketpair()
    accepted.setblocking(False)  # noqa: FBT003 - its name says what False means
    with client:
        known.begin(lambda kind: kind(), accepted, "a client")
        yield known, accepted


def test_only_a_handshake_that_takes_long_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        with beginning() as (known, accepted):
            await asyncio.sleep(0)
            assert not await known.end_one()
            assert (len(known), accepted.fileno() > 0) == (1, True)
            monkeypatch.setattr(handshakes, "_LONG", 0)
            assert await known.end_one()
            assert (len(known), accepted.fileno()) == (0, -1)

    asyncio.run(run())


def test_a_handshake_that_has_just_begun_ends_with_the_server() -> None:
    async def run() -> None:
        with beginning() as (known, accepted):
            await known.end_all()
            assert (len(known), accepted.fileno()) == (0, -1)

    asyncio.run(run())


def begin_handshake(server: Server, data: bytes = b"") -> socket.socket:
    """A client that sends no more than a part of a handshake."""
    silent = socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)
    silent.sendall(data)
    known: Any = server.server_state.handshakes
    wait_for(lambda: len(known) > 0)
    return silent


@pytest.mark.parametrize("limits", [Limits(half_request=1)])
@pytest.mark.parametrize("data", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["nothing", "a part"])
def test_half_a_handshake_holds_up_nobody_and_ends(
    server: Server, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    silent = begin_handshake(server, data)
    assert server.connect().ask("POST", LIST).status == 200
    assert silent.recv(1) == b""
    silent.close()
    assert caplog.messages == []


@pytest.mark.parametrize("data", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["nothing", "a part"])
def test_no_handshake_ends_after_the_server_was_told_to_stop(
    server: Server, held: tuple[threading.Semaphore, threading.Event], data: bytes
) -> None:
    entered, go_on = held
    line = server.connect_and_send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}'))
    assert entered.acquire(timeout=DEADLINE)
    silent = begin_handshake(server, data)
    stopping = server.stop_in_a_thread()
    assert silent.recv(1) == b""
    silent.close()
    assert stopping.is_alive()
    go_on.set()
    assert line.answer().status == 404
    stopping.join(DEADLINE)
    assert not stopping.is_alive()


def test_a_client_that_leaves_in_a_handshake_is_no_news(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A probe that only looks whether the port is open does so."""
    begin_handshake(server).close()
    wait_for(lambda: not server.server_state.handshakes)
    assert server.connect().ask("POST", LIST).status == 200
    assert caplog.messages == []


@pytest.mark.parametrize("waits", ["idle", "in a handshake"])
def test_those_that_wait_make_room(server: Server, monkeypatch: pytest.MonkeyPatch, waits: str) -> None:
    duplicate = socket.socket.dup
    known: Any = server.server_state

    def fail_beside_three(listener: socket.socket) -> socket.socket:
        if len(known.connections) + len(known.handshakes) >= 3:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return duplicate(listener)

    monkeypatch.setattr(socket.socket, "dup", fail_beside_three)
    busy = server.connect_and_send(head("POST", LIST, "content-length: 2"))
    if waits == "idle":
        line = server.connect()
    else:
        silent = begin_handshake(server)
        monkeypatch.setattr(handshakes, "_LONG", 0)
    late = Connection(server.url, server.client_tls)
    server.opened.append(late)
    assert late.ask("POST", LIST).status == 200
    if waits == "idle":
        assert line.closed_by_the_server
    else:
        assert silent.recv(1) == b""
        silent.close()
    busy.send(b"{}")
    assert busy.answer().status == 200


def test_an_idle_connection_is_kept_for_75_seconds(server: Server) -> None:
    line = server.connect()
    server.after(74.9)
    assert line.ask("POST", LIST).status == 200
    server.after(75.1)
    assert line.closed_by_the_server
    # Its client has not closed its own end, and the server does not wait for that.
    wait_for(lambda: server.call(server.states) == [])


def test_a_connection_that_its_client_wants_closed_ends(server: Server) -> None:
    line = server.connect_and_send(request("POST", LIST, b"{}", "connection: close"))
    assert line.answer().status == 200
    server.after(1)
    assert line.closed_by_the_server
    wait_for(lambda: server.call(server.states) == [])


@pytest.mark.parametrize("limits", [Limits(answer=1_000_000)])
def test_the_end_waits_for_no_client_that_has_not_asked(server: Server) -> None:
    halves = [server.connect_and_send(half) for name, half in HALVES.items() if "second" not in name]
    fresh, used = server.connect(), server.connect()
    used.ask("POST", LIST)
    stopping = server.stop_in_a_thread()
    stopping.join(DEADLINE)
    assert not stopping.is_alive()
    assert [line.answer().status for line in halves] == [503] * len(halves)
    assert all(line.closed_by_the_server for line in (*halves, fresh, used))


@pytest.mark.parametrize("ending", ["close", "stop"])
def test_a_slow_client_gets_its_whole_answer(server: Server, ending: str) -> None:
    asking = ask_for_much("connection: close" if ending == "close" else "connection: keep-alive")
    line = server.connect()
    server.sockets()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    with server.noticed():
        line.send(asking)
    stopping = threading.Thread(target=server.stop)
    if ending == "stop":
        stopping.start()
        stopping.join(0.1)
        assert stopping.is_alive()
    else:
        server.after(20)
    assert len(line.answer().json["vectors"]) == 100
    assert line.closed_by_the_server
    if ending == "stop":
        stopping.join(DEADLINE)
        assert not stopping.is_alive()

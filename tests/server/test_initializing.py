"""Scripts and state files that a server begins with: `serve --init`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.serving import initializing, scripts
from mock_s3vectors.serving.initializing import Initialization
from mock_s3vectors.serving.scripts import Script, Stopped, bundle_for, environment_for
from tests.activation.world import create, names
from tests.durable.line import Line
from tests.server.certificates import make_certificates
from tests.server.wire import DEADLINE, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import S3VectorsServer
    from tests.durable.nursery import Life, Nursery
    from tests.server.wire import Connection

ASK = """
import json, os, sys
from http.client import HTTPConnection
server = HTTPConnection(os.environ["AWS_ENDPOINT_URL_S3VECTORS"].rpartition("/")[2])
def ask(method, path, document=None):
    server.request(method, path, None if document is None else json.dumps(document))
    answer = server.getresponse()
    return answer.status, json.loads(answer.read())
"""
# Creates a bucket as one does who knows that the server may have it.
CREATE = f"{ASK}\nprint(*ask('POST', '/CreateVectorBucket', {{'vectorBucketName': 'made'}}))"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ready.d"
    folder.mkdir()
    return folder


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "port"


def state_with(path: Path, *buckets: str) -> None:
    with mock_s3vectors() as mock:
        for bucket in buckets:
            mock.seed(bucket, "plots", [[1.0, 2.0]])
        mock.save(path)


def health_of(life: Life | S3VectorsServer, path: str = "/health") -> tuple[int, Any]:
    connection = HTTPConnection(urlsplit(life.url).netloc, timeout=DEADLINE)
    connection.request("GET", path)
    answer = connection.getresponse()
    document = json.loads(answer.read())
    connection.close()
    assert document.pop("version")
    return answer.status, document


def failed_start(nursery: Nursery, *options: str) -> Life:
    """A server that has ended because a file has failed."""
    life = nursery.start(*options)
    if life.said.endswith("Ready.\n"):
        life.send(signal.SIGKILL)
    assert life.wait() == 1
    return life


def wait_for_line(path: Path) -> str:
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"))
    return path.read_text()


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def wait_until_dead(*pids: int) -> None:
    wait_for(lambda: not any(map(is_alive, pids)))


def messages_of(log: str) -> list[str]:
    return [line.split(" ", 2)[2] for line in log.splitlines() if re.match(r"\d{4}-\S+Z [A-Z]+ ", line)]


def without_times(document: Any) -> Any:
    """Each script that is over tells how long it took."""
    for script in document["scripts"]:
        assert (script.pop("seconds", None) is not None) == (script["status"] in ("done", "failed"))
    return document


# --- at the start


def test_scripts_and_state_files_in_order_of_name(nursery: Nursery, folder: Path, port: Path) -> None:
    state_with(folder / "10-films.db", "films", "songs")
    (folder / "20-index.py").write_text(
        "import boto3, os\n"
        "client = boto3.client('s3vectors')\n"
        "client.put_vectors(vectorBucketName='films', indexName='plots',\n"
        "    vectors=[{'key': 'mine', 'data': {'float32': [3.0, 4.0]}}])\n"
        f"ready = os.path.exists({str(port)!r})\n"
        "print('put', client.meta.region_name, ready)\n"
    )
    (folder / "30-bash.sh").write_text("#!/usr/bin/env bash\nwords=(a bash)\necho ${words[1]} >&2; pwd\n")
    (folder / "35-options.sh").write_text('#!/bin/sh -e\ntest -n "$BASH" || echo sh\nexit 0; false\n')
    (folder / "40-plain.sh").write_text("printf 'no\\tend'\n")
    for ignored in ("README.md", ".hidden.sh", "films.npy"):
        (folder / ignored).write_text("exit 1\n")
    (folder / "more").mkdir()

    with nursery.life("--init", str(folder), "--port-file", str(port)) as life:
        assert life.said.endswith("\nReady.\n")
        assert wait_for_line(port) == f"{urlsplit(life.url).port}\n"
        line = Line(life.url)
        vectors = line.client.list_vectors(vectorBucketName="films", indexName="plots")["vectors"]
        assert sorted(vector["key"] for vector in vectors) == ["0", "mine"]
        assert names(line.client) == ["films", "songs"]
        done = [
            {"name": name, "status": "done"}
            for name in ("10-films.db", "20-index.py", "30-bash.sh", "35-options.sh", "40-plain.sh")
        ]
        assert without_times(line.control("GET", "/init")) == {"status": "done", "scripts": done}
        assert health_of(life) == health_of(life, "/_mock_s3vectors/health") == (200, {"status": "ok"})
        assert life.end(signal.SIGTERM) == 0
    left_out = "is left out: --init runs files that end with .sh or .py, and loads those with .db."
    assert [re.sub(r"\d+\.\d s", "T s", message) for message in messages_of(life.log)] == [
        f"films.npy {left_out}",
        f"more {left_out}",
        "10-films.db is done after T s.",
        "20-index.py: put us-east-1 False",
        "20-index.py is done after T s.",
        "30-bash.sh: bash",
        f"30-bash.sh: {folder}",
        "30-bash.sh is done after T s.",
        "35-options.sh: sh",
        "35-options.sh is done after T s.",
        "40-plain.sh: no      end",
        "40-plain.sh is done after T s.",
    ]


def test_whoever_asks_is_told_to_wait(nursery: Nursery, folder: Path) -> None:
    ask = "print(json.dumps([ask('GET', '/health'), ask('GET', '/_mock_s3vectors/init')]))"
    (folder / "1.py").write_text(f"{ASK}\n{ask}\n")
    (folder / "2.sh").write_text("exit 0\n")
    with nursery.life("--init", str(folder)) as life:
        (health, document), (_, init) = json.loads(messages_of(life.log)[0].removeprefix("1.py: "))
        assert (health, document["status"]) == (503, "starting")
        scripts = [{"name": "1.py", "status": "running"}, {"name": "2.sh", "status": "waiting"}]
        assert init == {"status": "running", "scripts": scripts}


def test_a_failure_ends_the_server(nursery: Nursery, folder: Path, port: Path) -> None:
    failing = folder / "1-fails.sh"
    failing.write_text("for line in $(seq 70); do echo line $line; done; exit 3\n")
    (folder / "2-never.sh").write_text("echo never\n")
    life = failed_start(nursery, "--init", str(folder), "--port-file", str(port))
    assert "Ready." not in life.said
    assert not port.exists()
    text = f"\nmock-s3vectors: --init: {failing} has failed with exit status 3. "
    log, _, shown = life.log.partition(f"{text}The last 50 lines of its output:\n")
    assert shown.splitlines() == [f"  line {number}" for number in range(21, 71)]
    assert len(messages_of(log)) == 70


def test_a_failure_in_json(nursery: Nursery, folder: Path) -> None:
    (folder / "1.sh").write_text("kill -9 $$\n")
    life = failed_start(nursery, "--init", str(folder), "--log-format", "json")
    [shown] = map(json.loads, life.log.splitlines())
    text = f"--init: {folder / '1.sh'} was ended by SIGKILL. It has written nothing."
    assert (shown["level"], shown["message"]) == ("CRITICAL", text)


@pytest.mark.parametrize("name", ["1.sh", "1.py", "1.db"])
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_something_else_by_the_name_of_a_file(folder: Path, name: str, kind: str) -> None:
    for path in (folder / name, folder / f".{name}"):  # the second one is left out
        if kind == "folder":
            path.mkdir()
        else:
            path.symlink_to("gone")
    with mock_s3vectors() as mock:
        level = STACK.level_of(mock)
        assert level
        with pytest.raises(UsageError, match=re.escape(f"--init: {folder / name} is no file.")):
            Initialization(folder).again(level, lambda _: None)
        (folder / name).rename(folder / "README.txt")
        assert Initialization(folder).again(level, lambda _: None)["status"] == "done"


def test_a_folder_that_is_none(nursery: Nursery, tmp_path: Path) -> None:
    text = f"mock-s3vectors: --init {tmp_path / 'none'}: there is no such folder.\n"
    assert nursery.refusal("--init", str(tmp_path / "none")) == text


def test_the_usual_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve` looks whether it is there: tests of all its options run it where it is not."""
    assert Path("/etc/mock_s3vectors/init/ready.d") == initializing.USUAL_FOLDER
    assert initializing.folder_of(None) is None
    monkeypatch.setattr(initializing, "USUAL_FOLDER", folder)
    assert initializing.folder_of(None) == folder
    assert initializing.folder_of(Path("mine")) == Path("mine")


def test_a_signal_ends_a_script_that_hangs_with_all_its_processes(
    nursery: Nursery, folder: Path, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    (folder / "1.sh").write_text(f"sleep 300 &\necho $PPID $$ $! > {pids}\nwait\n")
    (folder / "2.sh").write_text(f"echo never > {tmp_path / 'never'}\n")
    with ThreadPoolExecutor(1) as threads:
        starting = threads.submit(nursery.start, "--init", str(folder))
        server, *others = map(int, wait_for_line(pids).split())
        os.kill(server, signal.SIGTERM)
        life = starting.result(DEADLINE)
    assert "Ready." not in life.said
    assert (life.wait(), life.log) == (0, "")
    wait_until_dead(*others)
    assert not (tmp_path / "never").exists()


def test_scripts_trust_the_server(nursery: Nursery, folder: Path, tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    whole = tmp_path / "whole.pem"
    whole.write_bytes(files.both.read_bytes() + files.authority.read_bytes())
    (folder / "1.py").write_text(
        "import os, ssl\n"
        "from urllib.request import HTTPSHandler, build_opener\n"
        "bundle, url = os.environ['AWS_CA_BUNDLE'], os.environ['AWS_ENDPOINT_URL_S3VECTORS']\n"
        "trusting = HTTPSHandler(context=ssl.create_default_context(cafile=bundle))\n"
        "print(bundle, len(build_opener(trusting).open(url + '/_mock_s3vectors/init').read()) > 0)\n"
    )
    life = nursery.start("--init", str(folder), "--certificate", str(whole))
    assert life.said.startswith("mock_s3vectors answers at https://")
    assert life.said.endswith("\nReady.\n"), life.log
    assert life.end(signal.SIGTERM) == 0
    _, bundle, answered = messages_of(life.log)[0].split()
    assert answered == "True"
    assert not Path(bundle).exists()


# --- state files, and a state that lasts


def test_two_files_with_the_same_bucket(nursery: Nursery, folder: Path) -> None:
    state_with(folder / "1.db", "films")
    state_with(folder / "2.db", "films", "songs")
    life = failed_start(nursery, "--init", str(folder))
    assert life.log.endswith(
        f"mock-s3vectors: --init: {folder / '2.db'}: arn:aws:s3vectors:us-east-1:123456789012:bucket/films "
        "exists: a file of --init before this one, or a client, has made it. Nothing of this file was added: "
        "take the bucket out of one of the files, or give it another name.\n"
    )


def test_no_state_file(nursery: Nursery, folder: Path) -> None:
    (folder / "1.db").write_text("These bytes are none.")
    life = failed_start(nursery, "--init", str(folder))
    assert f"mock-s3vectors: --init: {folder / '1.db'}: " in life.log


def test_a_state_that_lasts_keeps_its_buckets(nursery: Nursery, folder: Path, tmp_path: Path) -> None:
    """The files are run at each start, and a restart must not fail because of what it has."""
    state_with(folder / "1.db", "films", "songs")
    (folder / "2.py").write_text(CREATE)
    options = ("--init", str(folder), "--state", str(tmp_path / "state.db"))
    with nursery.life(*options) as life:
        client = Line(life.url).client
        client.delete_index(vectorBucketName="films", indexName="plots")
        client.delete_index(vectorBucketName="songs", indexName="plots")
        client.delete_vector_bucket(vectorBucketName="songs")
        assert life.end(signal.SIGTERM) == 0
    with nursery.life(*options) as life:
        client = Line(life.url).client
        assert names(client) == ["films", "made", "songs"]
        assert client.list_indexes(vectorBucketName="films")["indexes"] == []
        assert len(client.list_indexes(vectorBucketName="songs")["indexes"]) == 1
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
    assert messages_of(life.log)[0] == f"1.db: {arn} exists, and stays as it is."


# --- reset?init=1


def test_a_reset_runs_them_again(nursery: Nursery, folder: Path) -> None:
    state_with(folder / "1.db", "films")
    (folder / "2.py").write_text(CREATE)
    with nursery.life("--init", str(folder)) as life:
        line = Line(life.url)
        create("mine", client=line.client)
        scripts = [{"name": name, "status": "done"} for name in ("1.db", "2.py")]
        answer = line.control("POST", "/reset?init=1")
        assert without_times(answer) == {"status": "done", "scripts": scripts}
        assert names(line.client) == ["films", "made"]
        assert line.control("POST", "/reset?init=0") == line.control("POST", "/reset") == {}
        assert names(line.client) == []
        status, body = line.ask("POST", "/reset?init=yes")
        assert (status, json.loads(body)["message"]) == (400, "init=yes: it must be 1, or be left out.")

        failing = folder / "2.py"
        failing.write_text("raise SystemExit('no luck')\n")
        status, body = line.ask("POST", "/reset?init=1")
        text = f"--init: {failing} has failed with exit status 1. Its output:\n  no luck"
        assert (status, json.loads(body)["message"]) == (400, text)
        assert health_of(life) == (503, {"status": "failed"})
        scripts[1]["status"] = "failed"
        told = {"status": "failed", "scripts": scripts, "error": text}
        assert without_times(line.control("GET", "/init")) == told
        assert names(line.client) == ["films"]

        # A script may not wait for itself.
        again = (
            "status, answer = ask('POST', '/_mock_s3vectors/reset?init=1'); print(status, answer['message'])"
        )
        failing.write_text(f"{ASK}\n{again}\n")
        assert line.control("POST", "/reset?init=1")["status"] == "done"
        assert health_of(life) == (200, {"status": "ok"})
    assert messages_of(life.log)[-2] == (
        "2.py: 400 The files of --init are being run, so they cannot be run again yet: wait until GET "
        '/health answers {"status": "ok"}.'
    )


def test_a_signal_ends_a_reset_that_hangs(nursery: Nursery, folder: Path, tmp_path: Path) -> None:
    with nursery.life("--init", str(folder)) as life, ThreadPoolExecutor(1) as threads:
        pids = tmp_path / "pids"
        (folder / "1.sh").write_text(f"echo $$ > {pids}; exec sleep 300\n")
        answer = threads.submit(Line(life.url).ask, "POST", "/reset?init=1")
        script = int(wait_for_line(pids))
        assert health_of(life) == (503, {"status": "starting"})
        assert life.end(signal.SIGTERM) == 0
        assert answer.result(DEADLINE)[0] == 503
        wait_until_dead(script)


def test_a_server_without_files(s3vectors_server: S3VectorsServer, connection: Connection) -> None:
    assert connection.ask("GET", "/_mock_s3vectors/init", b"").json == {"status": "none", "scripts": []}
    assert health_of(s3vectors_server) == (200, {"status": "ok"})
    answer = connection.ask("POST", "/_mock_s3vectors/reset?init=1", b"")
    assert answer.error == (
        400,
        "ValidationException",
        (
            "This server was started without --init, so there is nothing to run again. Without init=1 this "
            "path resets it all the same."
        ),
    )


# --- one script


def test_the_environment_of_scripts(tmp_path: Path) -> None:
    found = environment_for("http://127.0.0.1:7380", None, {"PATH": "/bin", "AWS_REGION": ""})
    assert found == {
        "PATH": "/bin",
        "AWS_ENDPOINT_URL_S3VECTORS": "http://127.0.0.1:7380",
        "MOCK_S3VECTORS_URL": "http://127.0.0.1:7380",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONUNBUFFERED": "1",
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "127.0.0.1",
    }
    given = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "mine",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "NO_PROXY": "example.org",
        "MOCK_S3VECTORS_STATE": "state.db",
    }
    found = environment_for("https://localhost:7380", tmp_path / "server.pem", given)
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert found["AWS_ACCESS_KEY_ID"] == "mine"
    assert found["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "false"
    assert found["no_proxy"] == found["NO_PROXY"] == "example.org,localhost"
    assert found["AWS_CA_BUNDLE"] == found["MOCK_S3VECTORS_CERTIFICATE"] == str(tmp_path / "server.pem")
    # It is the state of this server alone.
    assert "MOCK_S3VECTORS_STATE" not in found


def test_what_scripts_trust(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    bundle = bundle_for(files.both, {"AWS_CA_BUNDLE": str(files.authority)})
    wanted = files.certificate.read_bytes() + files.authority.read_bytes()
    assert bundle.read_bytes() == wanted
    bundle.unlink()
    for other in ({}, {"AWS_CA_BUNDLE": ""}, {"AWS_CA_BUNDLE": str(tmp_path)}):
        bundle = bundle_for(files.both, other)
        assert bundle.read_bytes() == files.certificate.read_bytes()
        bundle.unlink()


@contextmanager
def running(path: Path) -> Iterator[Script]:
    """A script in another thread, which says when it has begun."""
    script = Script(path)
    with ThreadPoolExecutor(1) as threads:
        run = threads.submit(script.run, dict(os.environ))
        wait_for_line(path.with_name("begun"))
        yield script
        with pytest.raises(Stopped):
            run.result(DEADLINE)


def test_a_script_that_ignores_sigterm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "_GRACE", 0.05)
    path = tmp_path / "deaf.sh"
    path.write_text("trap '' TERM\necho $$ > begun\nwhile true; do sleep 300; done\n")
    with running(path) as script:
        script.stop()
        script.stop()
    wait_until_dead(int((tmp_path / "begun").read_text()))
    with pytest.raises(Stopped):
        script.run({})


def test_what_a_script_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "leaves.sh"
    path.write_text("sleep 300 &\necho $! > pid\n")
    Script(path).run(dict(os.environ))
    wait_until_dead(int((tmp_path / "pid").read_text()))


def test_a_log_that_nobody_reads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "_MOMENT", 0.05)
    read = Event()
    monkeypatch.setattr(scripts, "_log", SimpleNamespace(info=lambda *_, **__: read.wait(DEADLINE)))
    (folder / "1.sh").write_text("echo said\n")
    initialization = Initialization(folder)
    with mock_s3vectors() as mock:
        level = STACK.level_of(mock)
        assert level
        assert initialization.again(level, lambda _: None)["status"] == "done"
    assert not initialization.is_logged
    read.set()
    wait_for(lambda: initialization.is_logged)


def test_a_server_ends_though_nobody_reads_its_log(folder: Path) -> None:
    """A pipe holds 64 KiB, and the line after them would hold up the end for ever."""
    (folder / "1.sh").write_text("yes | head -20000\n")
    command = [sys.executable, "-m", "mock_s3vectors", "serve", "--port", "0", "--init", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdout
        assert server.stdout.readline().startswith(b"mock_s3vectors answers at ")
        assert server.stderr
        assert server.stderr.read(1)  # the script writes
        server.terminate()
        try:
            assert server.wait(DEADLINE) == 0
        finally:
            server.kill()


def test_output_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bytes.sh"
    path.write_text(r"printf 'a\377\033[31m\n'; exit 1")
    with pytest.raises(UsageError) as caught:
        Script(path).run(dict(os.environ))
    assert str(caught.value).endswith("Its output:\n  a\N{REPLACEMENT CHARACTER}\\x1b[31m")


@pytest.mark.parametrize("name", ["missing.sh", "strange.sh"])
def test_a_script_that_cannot_be_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "strange.sh").write_text("#!/no/such/program\n")
    with pytest.raises(UsageError) as caught:
        Script(tmp_path / name).run(dict(os.environ))
    missing = tmp_path / name if name == "missing.sh" else "/no/such/program"
    assert str(caught.value) == f"{tmp_path / name} cannot be run: {missing}: No such file or directory."


def test_a_python_script_is_run_by_this_python(tmp_path: Path) -> None:
    path = tmp_path / "which.py"
    path.write_text(f"import sys; assert sys.executable == {sys.executable!r}")
    Script(path).run(dict(os.environ))


def test_a_folder_that_goes_away(folder: Path) -> None:
    gone = Initialization(folder)
    folder.rmdir()
    with mock_s3vectors() as mock:
        level = STACK.level_of(mock)
        assert level
        text = f"--init {folder}: No such file or directory."
        with pytest.raises(UsageError, match=re.escape(text)):
            gone.again(level, lambda _: None)
    assert gone.document() == {"status": "failed", "scripts": [], "error": text}

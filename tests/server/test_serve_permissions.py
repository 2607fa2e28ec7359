"""`mock-s3vectors serve` with identities from a file, and with KMS keys."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import __main__
from mock_s3vectors.serving.http_server import HttpServer
from tests.server.test_control import CONTROL
from tests.server.test_serve import OURS, client_of, end, serving
from tests.server.wire import Connection
from tests.support.helpers import BUCKET, INDEX, INDEX_ARN, ORIGIN, SETTINGS, vector

if TYPE_CHECKING:
    from pathlib import Path

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
READER = {
    "user": "reader",
    "policy": {"Statement": {"Effect": "Allow", "Action": "s3vectors:QueryVectors", "Resource": INDEX_ARN}},
    "access_key_id": "AKIAREADER0000000000",
    "secret_access_key": "secret-of-reader",
}
BATCH = {
    "role": "batch",
    "session_name": "nightly",
    "account": "111122223333",
    "access_key_id": "ASIABATCH00000000000",
    "secret_access_key": "secret-of-batch",
    "session_token": "token-of-batch",
}


@pytest.fixture(autouse=True)
def no_server_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would run until a signal: a fault has to be told before."""
    monkeypatch.setattr(HttpServer, "run", lambda _: pytest.fail("the server started"))


def test_identities_and_keys_that_other_processes_know_beforehand(tmp_path: Path) -> None:
    file = tmp_path / "identities.json"
    # Windows puts a mark at the beginning.
    file.write_text(json.dumps({"identities": [READER, BATCH]}), encoding="utf-8-sig")
    options = [
        "--port",
        "0",
        "-v",
        "--identities",
        str(file),
        "--kms-key",
        KEY_ARN,
        "--kms-key",
        f"{KEY_ARN}2",
    ]
    with serving(*options) as (process, url):
        root = client_of(url)
        root.create_vector_bucket(**BUCKET)
        root.create_index(**INDEX, **SETTINGS)
        root.put_vectors(**INDEX, vectors=[vector("a", year=1975)])
        query = {"indexArn": INDEX_ARN, "topK": 1, **ORIGIN}
        reader = client_with(READER, url)
        assert reader.query_vectors(**query)["vectors"] == [{"key": "a"}]
        connection = Connection(url)
        for client, caller, action in (
            (reader, "iam::123456789012:user/reader", "GetVectors"),
            (client_with(BATCH, url), "sts::111122223333:assumed-role/batch/nightly", "QueryVectors"),
        ):
            with pytest.raises(ClientError) as denied:
                client.query_vectors(**query, returnMetadata=True)
            begin = f"User: arn:aws:{caller} is not authorized to perform: s3vectors:{action} on resource: "
            assert denied.value.response["Error"]["Message"].startswith(begin)
        before = [connection.ask("GET", f"{CONTROL}/{what}", b"").json for what in ("identities", "keys")]
        assert [key["arn"] for key in before[1]["keys"]] == [KEY_ARN, f"{KEY_ARN}2"]
        connection.ask("POST", f"{CONTROL}/identities", json.dumps({"user": "reader"}).encode())
        connection.ask("POST", f"{CONTROL}/keys", json.dumps({"arn": KEY_ARN, "disable": True}).encode())
        assert connection.ask("POST", f"{CONTROL}/reset", b"").status == 200
        after = [connection.ask("GET", f"{CONTROL}/{what}", b"").json for what in ("identities", "keys")]
        connection.close()
        status, _, errors = end(process)
    assert (status, after) == (0, before)
    assert re.findall(r"s3vectors\.QueryVectors => (.*) \([\d.]+ ms, (.*)\)", errors) == [
        ("200", "us-east-1, films/plots"),
        *[("403 AccessDeniedException", "us-east-1, films/plots")] * 2,
    ]
    assert "secret" not in errors


def client_with(identity: dict[str, Any], url: str) -> Any:
    keys = ("access_key_id", "secret_access_key", "session_token")
    given = {f"aws_{name}": identity[name] for name in keys if name in identity}
    return boto3.client("s3vectors", region_name="us-east-1", endpoint_url=url, **given)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", " is not JSON: "),
        ("[" * 100_000, " is not JSON: "),
        ("[]", ": []: the file is an object with identities."),
        ("{}", ": identities is None: it must be a list of users and roles."),
        ('{"identities": {}}', ": identities is {}: it must be a list of users and roles."),
        (
            '[{"user": "a", "secret_access_key": "hidden"}]',
            ": [{'user': 'a', 'secret_access_key': '...'}]: the file is an object with identities.",
        ),
        (
            '{"identities": {"user": "a", "secret": "hidden"}}',
            ": identities is {'user': 'a', 'secret': '...'}: it must be a list of users and roles.",
        ),
        (
            '{"identities": [{"usr": "a", "secret_access_key": "hidden"}]}',
            ": identities[0]: {'usr': '...', 'secret_access_key': '...'}: an identity is an object with",
        ),
        (
            '{"identitys": []}',
            ": The file has no 'identitys'. Did you mean 'identities'? It may have identities.",
        ),
        (
            '{"identities": [{"user": "a"}, {"user": "b", "policy": {"Statement": [{"Effect": "Alow"}]}}]}',
            ": identities[1]: policy b: Statement[0]",
        ),
        ('{"identities": ["a"]}', ": identities[0]: 'a': an identity is an object with either user or role"),
        (
            '{"identities": [{"user": "a"}, {"role": "a"}, {"user": "a"}]}',
            ": identities[2]: arn:aws:iam::123456789012:user/a is identities[0] already.",
        ),
        (
            json.dumps(
                {"identities": [{"user": name, "access_key_id": "AAAAAAAAAAAAAAAA"} for name in "ab"]}
            ),
            ": identities[1]: access_key_id='AAAAAAAAAAAAAAAA' is that of arn:aws:iam::123456789012:user/a: ",
        ),
        ("\N{EURO SIGN}".encode("cp1252"), ": byte 0 is not UTF-8: invalid start byte."),
        (None, f"{OURS} Cannot read FILE: No such file or directory."),
    ],
)
def test_a_file_at_fault(
    text: str | bytes | None, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "identities.json"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert __main__.main(["serve", "--port", "0", "--identities", str(file)]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    expected = fault if fault.startswith(OURS) else f"{OURS} FILE{fault}"
    assert errors.startswith(expected.replace("FILE", str(file)))


def test_a_folder_and_a_secret_at_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["serve", "--identities", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"{OURS} Cannot read {tmp_path}: Is a directory.\n"
    file = tmp_path / "identities.json"
    file.write_text('{"identities": [{"user": "a", "secret_access_key": "not for the eyes of a log"}]}')
    assert __main__.main(["serve", "--identities", str(file)]) == 1
    assert "for the eyes" not in capsys.readouterr().err


@pytest.mark.parametrize("arn", ["", "none", "arn:aws:kms:us-east-1:123456789012:alias/films", f"{KEY_ARN} "])
def test_a_key_at_fault(arn: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["serve", "--kms-key", KEY_ARN, "--kms-key", arn]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith(f"{OURS} --kms-key: arn={arn!r} is not the ARN of a KMS key: give one such as ")

"""The AWS CLI, which brings a botocore of its own, through the HTTP server."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

from mock_s3vectors.arns import parse_arn
from mock_s3vectors.serving.page.query_code import cli_code
from tests.clients.world import environment, run
from tests.support.bulk import BULKY_SETTINGS, at_the_limit
from tests.support.helpers import INDEX_ARN, put_batches, vector
from tests.support.life_cycle import (
    TOO_LARGE,
    Refusal,
    expected_of,
    seen_of,
    steps_for,
    vocabulary_of,
)

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from mock_s3vectors.serving.server import S3VectorsServer
    from tests.support.helpers import Client, MakeIndex

AWS = str(Path(sys.executable).with_name("aws"))


class Cli:
    """`aws s3vectors`, with `--endpoint-url` in every call."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder

    def run(self, operation: str, *arguments: str) -> CompletedProcess[str]:
        command = [AWS, "s3vectors", xform_name(operation, "-"), "--endpoint-url", self._url, *arguments]
        return run(command, environment(self._folder))

    def answer(self, operation: str, *arguments: str) -> Any:
        """Return the output of a call that has to succeed."""
        ended = self.run(operation, *arguments)
        assert (ended.returncode, ended.stderr) == (0, "")
        return json.loads(ended.stdout or "{}")

    def perform(self, operation: str, parameters: dict[str, Any]) -> Any:
        """The answer, or the refusal."""
        file = self._folder / "parameters.json"
        file.write_text(json.dumps(parameters), encoding="utf-8")
        ended = self.run(operation, "--no-paginate", "--cli-input-json", f"file://{file}")
        if ended.returncode == 0:
            assert ended.stderr == ""
            return json.loads(ended.stdout or "{}")
        assert (ended.returncode, ended.stdout) == (255, "")
        told = re.fullmatch(
            rf"\nAn error occurred \((\w+)\) when calling the {operation} operation: (.*)\n", ended.stderr
        )
        assert told, ended.stderr
        return Refusal(told[1], told[2])

    def measure(self, parameters: dict[str, Any]) -> int:
        """How long the body is that it makes of parameters of PutVectors, by its own account."""
        file = self._folder / "measured.json"
        file.write_text(json.dumps(parameters), encoding="utf-8")
        ended = self.run("PutVectors", "--cli-input-json", f"file://{file}", "--debug")
        assert ended.returncode == 0
        sent = re.search(r"Sending http request: .*'Content-Length': b?'(\d+)'", ended.stderr)
        assert sent
        return int(sent[1])


@pytest.fixture
def cli(s3vectors_server: S3VectorsServer, tmp_path: Path) -> Cli:
    return Cli(s3vectors_server.url, tmp_path)


def vocabulary() -> set[str]:
    # Importing the package would put its botocore in the place of the other.
    package = find_spec("awscli")
    assert package
    assert package.origin
    data = Path(package.origin).parent / "botocore" / "data"
    loader = Loader([str(data)], include_default_search_paths=False)
    return vocabulary_of(ServiceModel(loader.load_service_model("s3vectors", "service-2"), "s3vectors"))


def as_printed(seen: tuple[str, Any]) -> tuple[str, Any]:
    """Return what is expected, without the `fieldList`, which the AWS CLI does not print."""
    operation, expected = seen
    return operation, replace(expected, fields=None) if isinstance(expected, Refusal) else expected


@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_the_life_cycle(cli: Cli) -> None:
    steps = steps_for(vocabulary())
    assert seen_of(steps, cli.perform) == [as_printed(seen) for seen in expected_of(steps)]


def test_pages_are_put_together(client: Client, index: dict[str, str], cli: Cli) -> None:
    keys = put_batches(client, index, [vector(f"{number}") for number in range(7)])
    address = ["--vector-bucket-name", "bucket", "--index-name", "index"]

    def listed(*arguments: str) -> tuple[list[str], str | None]:
        answer = cli.answer("ListVectors", *address, *arguments)
        return [item["key"] for item in answer["vectors"]], answer.get("NextToken")

    everything, end = listed("--page-size", "2")
    assert (sorted(everything), end) == (keys, None)
    first, token = listed("--page-size", "2", "--max-items", "3")
    assert first == everything[:3]
    assert token
    assert listed("--starting-token", token) == (everything[3:], None)


def test_the_endpoint_and_parameters_as_people_give_them(
    client: Client, s3vectors_server: S3VectorsServer, tmp_path: Path
) -> None:
    env = environment(tmp_path, AWS_ENDPOINT_URL_S3VECTORS=s3vectors_server.url)
    aws = partial(run, env=env)
    arguments = ["--vector-bucket-name", "films", "--tags", "stage=test,owner=Zoë", "--output", "text"]
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
    created = aws([AWS, "s3vectors", "create-vector-bucket", *arguments])
    assert (created.returncode, created.stdout, created.stderr) == (0, f"{arn}\n", "")
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test", "owner": "Zoë"}


def test_the_session_of_a_role_that_may_list(
    client: Client, index: dict[str, str], s3vectors_server: S3VectorsServer, tmp_path: Path
) -> None:
    client.put_vectors(**index, vectors=[vector("a")])
    role = s3vectors_server.mock.iam.role("lister").allow("ListVectors")
    keys = {name.upper(): value for name, value in role.items()}
    env = environment(tmp_path, AWS_ENDPOINT_URL_S3VECTORS=s3vectors_server.url, **keys)
    command = [AWS, "s3vectors", "list-vectors", "--vector-bucket-name", "bucket", "--index-name", "index"]
    listed = run(command, env)
    assert json.loads(listed.stdout) == {"vectors": [{"key": "a"}]}
    denied = run([*command, "--return-metadata"], env)
    assert denied.returncode == 255
    assert denied.stderr == (
        "\nAn error occurred (AccessDeniedException) when calling the ListVectors operation: User: "
        "arn:aws:sts::123456789012:assumed-role/lister/session is not authorized to perform: "
        f"s3vectors:GetVectors on resource: {INDEX_ARN} "
        "because no identity-based policy allows the s3vectors:GetVectors action\n"
    )


def test_the_line_that_the_page_copies(
    client: Client, index: dict[str, str], s3vectors_server: S3VectorsServer, tmp_path: Path
) -> None:
    strange = 'it\'s "odd" $HOME `id` \\ \n %s ☃'
    client.put_vectors(**index, vectors=[vector("a", **{strange: strange}), vector("b"), vector("c", year=1)])
    params = {
        "indexArn": INDEX_ARN,
        "queryVector": {"float32": [0.1, 1e-40]},
        "topK": 150,
        "filter": {"$or": [{strange: strange}, {"year": {"$exists": True}}]},
        "returnDistance": True,
        "returnMetadata": True,
    }
    arn = parse_arn(INDEX_ARN)
    assert arn
    line = cli_code(arn, params, s3vectors_server.url)
    path = f"{Path(AWS).parent}{os.pathsep}{os.environ['PATH']}"
    ended = run(["sh", "-c", line], environment(tmp_path, PATH=path))
    assert (ended.returncode, ended.stderr) == (0, "")
    hits = json.loads(ended.stdout)["vectors"]
    assert hits == client.query_vectors(**{**params, "topK": 3})["vectors"]
    assert {hit["key"] for hit in hits} == {"a", "c"}


def test_a_body_of_20_mib_and_one_of_a_byte_more(client: Client, make_index: MakeIndex, cli: Cli) -> None:
    make_index("bulky", **BULKY_SETTINGS)
    put = partial(cli.perform, "PutVectors")
    assert at_the_limit(cli.measure, put, client) == [(TOO_LARGE, 0), ({}, 0)]

"""CONTRIBUTING tells the truth: its map of rooms, and how an operation is added."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import botocore
import pytest

import mock_s3vectors
from mock_s3vectors.protocol.model import SERVICE, service_model

ROOT = Path(__file__).parents[1]
CONTRIBUTING = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")


def rooms() -> list[str]:
    """The names in the map, from top to bottom."""
    _, start, rest = CONTRIBUTING.partition("<!-- rooms -->\n")
    entries, end, _ = rest.partition("<!-- end of rooms -->")
    assert start
    assert end
    return re.findall(r"^- `(\w+)/?`: \S", entries, re.MULTILINE)


def layers() -> dict[str, int]:
    """The number of the layer of each module and package, in the contract of import-linter."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^layers = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return {
        name: number for number, layer in enumerate(listed.splitlines()) for name in re.findall(r"\w+", layer)
    }


def test_the_map_names_exactly_the_modules_and_packages() -> None:
    assert sorted(rooms()) == sorted(module.name for module in iter_modules(mock_s3vectors.__path__))


def test_the_map_is_in_the_order_of_the_layers() -> None:
    numbers = [layers()[room] for room in rooms()]
    assert numbers == sorted(numbers)


# --- an operation is added


def test_the_files_in_which_an_operation_is_entered_name_operations() -> None:
    _, _, section = CONTRIBUTING.partition("\n## Add an operation\n")
    steps, _, _ = section.partition("\n## ")
    named = re.findall(r"`([\w/.]+\.(?:py|md))`", steps)
    assert len(named) > 10
    for name in set(named) - {"errors/refusals.py", "limits.py"}:  # these have texts and numbers
        (file,) = [folder / name for folder in (ROOT, ROOT / "mock_s3vectors") if (folder / name).exists()]
        text = file.read_text(encoding="utf-8")
        assert re.search(
            "UpdateMetadataConfiguration|update_metadata_configuration|COMPLETE_SINCE =", text
        ), name


A_USER_OF_IT = """
import sys

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from mock_s3vectors import UsageError, mock_s3vectors

INDEX = {"vectorBucketName": "films", "indexName": "plots"}


def client(**credentials):
    return boto3.client("s3vectors", region_name="us-east-1", **credentials)


def message(error, function):
    with pytest.raises(error) as refused:
        function()
    return str(refused.value)


with mock_s3vectors() as mock:
    mock.seed("films", "plots", [[1, 2], [3, 4]])
    assert "CountVectors" in message(UsageError, lambda: client().count_vectors(**INDEX))

exec(sys.stdin.read())  # it comes from CONTRIBUTING

with mock_s3vectors() as mock:
    index = mock.seed("films", "plots", [[1, 2], [3, 4]])
    assert client().count_vectors(**INDEX)["count"] == 2
    assert client().count_vectors(indexArn=index.arn)["count"] == 2
    assert message(ClientError, lambda: client().count_vectors(vectorBucketName="films")) == (
        "An error occurred (ValidationException) when calling the CountVectors operation: "
        "Must specify either indexArn or both vectorBucketName and indexName"
    )
    assert "Invalid type for parameter indexName" in message(
        ParamValidationError, lambda: client().count_vectors(indexName=1)
    )
    reader = mock.iam.user("reader").allow("GetIndex", on=index)
    assert message(ClientError, lambda: client(**reader).count_vectors(**INDEX)).endswith(
        f"User: {reader.arn} is not authorized to perform: s3vectors:CountVectors on resource: {index.arn} "
        "because no identity-based policy allows the s3vectors:CountVectors action"
    )
    assert [call.status for call in mock.calls.of("CountVectors")] == [200, 200, 400, 403]
"""


@pytest.mark.usefixtures("no_coverage")
def test_an_operation_is_added_with_the_lines_that_it_says(tmp_path: Path) -> None:
    """Both botocore and the mock read a model in the user's folder before botocore's own."""
    (lines,) = re.findall(r"<!-- a made-up operation -->\n```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
    version = service_model().api_version
    model = json.loads(text_of_model(Path(botocore.__file__).parent / "data" / SERVICE / version))
    get_index = model["operations"]["GetIndex"]
    model["operations"]["CountVectors"] = {
        **get_index,
        "name": "CountVectors",
        "http": {**get_index["http"], "requestUri": "/CountVectors"},
        "output": {"shape": "CountVectorsOutput"},
    }
    model["shapes"]["CountVectorsOutput"] = {
        "type": "structure",
        "required": ["count"],
        "members": {"count": {"shape": "CountOfVectors"}},
    }
    model["shapes"]["CountOfVectors"] = {"type": "long", "box": True}
    folder = tmp_path / ".aws" / "models" / SERVICE / version
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", A_USER_OF_IT],
        check=False,
        capture_output=True,
        text=True,
        input=lines,
        env=environment,
    )
    assert done.returncode == 0, done.stderr


def text_of_model(folder: Path) -> str:
    """Newer releases of botocore compress it."""
    packed = folder / "service-2.json.gz"
    return (
        gzip.decompress(packed.read_bytes()).decode()
        if packed.exists()
        else (folder / "service-2.json").read_text()
    )

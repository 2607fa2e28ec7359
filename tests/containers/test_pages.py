"""Recipes of the documentation for containers have the form that their readers expect, and suit the image.

No test here builds an image or starts a container, as in the rest of this folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
import yaml

from mock_s3vectors.cli.address import PORT
from mock_s3vectors.serving.initializing import USUAL_FOLDER

from .daemon import NAME, daemon
from .files import ROOT, document
from .scratch import PATIENCE, free_port
from .test_testcontainers import run_with_testcontainers

if TYPE_CHECKING:
    from .scratch import Image

HOW_TO = ROOT / "docs" / "how-to"
VARIABLES = document("compose.yaml")["services"]["application"]["environment"]


def block(page: str, language: str, words: str) -> str:
    """The one block of a page that is in a language, and has some words."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    (one,) = [source for source in found if words in source]
    return one


def loaded(page: str, words: str) -> dict[str, Any]:
    """Return the document of a block in YAML."""
    read: dict[str, Any] = yaml.safe_load(block(page, "yaml", words))
    return read


def check(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("page", "words", "schema"),
    [
        ("containers.md", "services:", "compose-spec"),
        ("devcontainer.md", "services:", "compose-spec"),
        ("github-actions.md", "Start the server", "github-workflows"),
        ("github-actions.md", "--health-cmd", "github-workflows"),
    ],
)
def test_a_file_has_the_form_of_its_schema(tmp_path: Path, page: str, words: str, schema: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(block(page, "yaml", words))
    check(sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file))


def test_hadolint_finds_nothing(tmp_path: Path) -> None:
    hadolint = shutil.which("hadolint", path=PurePath(sys.executable).parent)
    assert hadolint
    file = tmp_path / "Dockerfile"
    file.write_text(block("containers.md", "dockerfile", "mock_s3vectors"))
    # DL3013 wants a version beside each package, which a page cannot keep current.
    check(hadolint, "--failure-threshold", "style", "--ignore", "DL3013", str(file))


@pytest.mark.parametrize(
    ("page", "application"), [("containers.md", "application"), ("devcontainer.md", "workspace")]
)
def test_an_application_waits_for_the_server_and_knows_it(page: str, application: str) -> None:
    services = loaded(page, "services:")["services"]
    assert services["s3vectors"]["image"] == NAME
    assert services["s3vectors"]["volumes"] == [f"./seeds:{USUAL_FOLDER}:ro", "vectors:/data"]
    assert services[application]["depends_on"] == {"s3vectors": {"condition": "service_healthy"}}
    assert services[application]["environment"] == VARIABLES


def test_a_workflow_knows_the_server() -> None:
    step = loaded("github-actions.md", "Start the server")["jobs"]["test"]
    service = loaded("github-actions.md", "--health-cmd")["jobs"]["test"]
    assert step["env"] == {**VARIABLES, "AWS_ENDPOINT_URL_S3VECTORS": f"http://127.0.0.1:{PORT}"}
    assert service["env"] == {**VARIABLES, "AWS_ENDPOINT_URL_S3VECTORS": f"http://localhost:{PORT}"}
    of_example = document("github-actions.yml")["jobs"]["test"]["services"]["s3vectors"]
    assert {**service["services"]["s3vectors"], "image": ""} == {**of_example, "image": ""}


def test_a_dev_container_names_services_that_there_are() -> None:
    beside = json.loads(block("devcontainer.md", "json", "dockerComposeFile"))
    compose = loaded("devcontainer.md", "services:")["services"]
    assert {beside["service"], "s3vectors"} == compose.keys()
    assert beside["dockerComposeFile"] == "compose.yaml"
    assert beside["forwardPorts"] == [*beside["portsAttributes"]] == [f"s3vectors:{PORT}"]
    (volume,) = compose[beside["service"]]["volumes"]
    assert volume == f"..:{beside['workspaceFolder']}:cached"


def test_a_dev_container_starts_the_server_in_itself(image: Image, tmp_path: Path) -> None:
    """Its tools run the command in a shell, and go on when it ends; the server must not end with it."""
    inside = json.loads(block("devcontainer.md", "json", "postStartCommand"))
    assert inside["remoteEnv"] == {**VARIABLES, "AWS_ENDPOINT_URL_S3VECTORS": f"http://127.0.0.1:{PORT}"}
    assert inside["forwardPorts"] == [PORT]
    port = free_port()
    shell = subprocess.Popen(
        ["/bin/sh", "-c", inside["postStartCommand"].replace("/tmp/", f"{tmp_path}/")],  # noqa: S108 - as it says
        env={
            "PATH": f"{image.path('/opt/mock_s3vectors/bin')}{os.pathsep}{os.environ['PATH']}",
            "MOCK_S3VECTORS_PORT": str(port),
        },
        start_new_session=True,
    )
    try:
        assert shell.wait(PATIENCE) == 0
        with urlopen(f"http://127.0.0.1:{port}/health") as healthy:
            assert healthy.status == 200
    finally:
        os.killpg(shell.pid, signal.SIGTERM)


def test_the_recipe_for_testcontainers(image: Image, tmp_path: Path) -> None:
    tmp_path.joinpath("test_recipe.py").write_text(block("testcontainers.md", "python", "DockerContainer"))
    with daemon(image) as known:
        done = run_with_testcontainers(tmp_path, "test_recipe.py", known.url)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert known.container
    assert not known.container.is_running

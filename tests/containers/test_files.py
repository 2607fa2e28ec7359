"""The files say what their readers expect, and agree with each other."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import PurePath
from typing import Any

import pytest

from mock_s3vectors.cli.address import PORT
from mock_s3vectors.serving.initializing import USUAL_FOLDER

from .dockerfile import is_seen, last_stage, read, read_ignoring
from .files import DOCKER, document

IMAGE = {instruction.name: instruction for instruction in last_stage(read(DOCKER / "Dockerfile"))}
SERVICES = document("compose.yaml")["services"]
JOBS = document("github-actions.yml")["jobs"]


def check(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- each by itself


@pytest.mark.parametrize("file", sorted(DOCKER.rglob("Dockerfile")), ids=lambda file: file.parent.name)
def test_hadolint_finds_nothing(file: Any) -> None:
    hadolint = shutil.which("hadolint", path=PurePath(sys.executable).parent)
    assert hadolint
    check(hadolint, "--failure-threshold", "style", str(file))


@pytest.mark.parametrize(
    ("file", "schema"), [("compose.yaml", "compose-spec"), ("github-actions.yml", "github-workflows")]
)
def test_a_file_has_the_form_of_its_schema(file: str, schema: str) -> None:
    schema = f"vendor.{schema}"
    check(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(DOCKER / file))


def test_no_shell_stands_between_docker_and_the_server() -> None:
    assert IMAGE["ENTRYPOINT"].listed == ["mock-s3vectors"]
    assert IMAGE["CMD"].listed == ["serve"]
    assert IMAGE["HEALTHCHECK"].text.endswith('CMD ["mock-s3vectors", "health"]')


def test_the_user_is_a_number_and_not_root() -> None:
    assert IMAGE["USER"].text == "10001:10001"
    assert "useradd --uid 10001 " in IMAGE["RUN"].text


def test_the_volume_is_where_the_state_file_is() -> None:
    assert IMAGE["VOLUME"].listed == ["/data"]
    assert "MOCK_S3VECTORS_STATE=/data/state.db" in IMAGE["ENV"].words


def test_the_server_answers_outside_of_its_container() -> None:
    assert "MOCK_S3VECTORS_HOST=0.0.0.0" in IMAGE["ENV"].words


def test_the_port_is_the_default_one() -> None:
    assert IMAGE["EXPOSE"].text == str(PORT)


def test_the_folder_of_scripts_is_the_default_one() -> None:
    assert f" {USUAL_FOLDER} " in f" {IMAGE['RUN'].text} "


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("setup.cfg", True),
        ("mock_s3vectors/cli/serve.py", True),
        ("mock_s3vectors/cli/__pycache__/serve.pyc", False),
        (".git/config", False),
        ("tests/conftest.py", False),
        ("examples/docker/setup.cfg", False),
    ],
)
def test_what_a_build_sees(path: str, *, seen: bool) -> None:
    assert is_seen(PurePath(path), read_ignoring(DOCKER / "Dockerfile.dockerignore")) == seen


# --- with each other


def test_compose_builds_the_image_that_the_dockerfile_describes() -> None:
    build = SERVICES["s3vectors"]["build"]
    assert (DOCKER / build["context"] / build["dockerfile"]).samefile(DOCKER / "Dockerfile")
    assert (DOCKER / SERVICES["application"]["build"] / "Dockerfile").is_file()
    first = read(DOCKER / "Dockerfile")
    assert {one.text.partition(" ")[0] for one in first if one.name == "FROM"} == {"python:3.13-slim"}


def test_compose_mounts_the_scripts_and_the_volume() -> None:
    assert SERVICES["s3vectors"]["volumes"] == [f"./init:{USUAL_FOLDER}:ro", "vectors:/data"]
    assert "vectors" in document("compose.yaml")["volumes"]


def test_the_application_waits_for_health_and_knows_the_endpoint() -> None:
    application = SERVICES["application"]
    assert application["depends_on"] == {"s3vectors": {"condition": "service_healthy"}}
    endpoint = f"http://s3vectors:{PORT}"
    assert application["environment"]["AWS_ENDPOINT_URL_S3VECTORS"] == endpoint


def test_the_ports_are_for_this_machine_alone() -> None:
    assert SERVICES["s3vectors"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]


def test_the_job_waits_by_the_health_check_of_the_image() -> None:
    service = JOBS["test"]["services"]["s3vectors"]
    assert '--health-cmd "mock-s3vectors health"' in service["options"]
    assert service["ports"] == [f"{PORT}:{PORT}"]
    environment = dict(JOBS["test"]["env"])
    endpoint = environment.pop("AWS_ENDPOINT_URL_S3VECTORS")
    assert endpoint == f"http://localhost:{PORT}"
    of_compose = {**SERVICES["application"]["environment"]}
    of_compose.pop("AWS_ENDPOINT_URL_S3VECTORS")
    assert environment == of_compose


def test_the_job_runs_files_that_are_there() -> None:
    text = (DOCKER / "github-actions.yml").read_text(encoding="utf-8")
    named = re.findall(r"examples/docker/\S+", text)
    assert len(named) == 3
    assert all((DOCKER.parents[1] / name).is_file() for name in named)

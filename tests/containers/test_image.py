"""The image whose steps ran in a scratch folder, and the application of the compose file beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3

from .files import DOCKER, document
from .scratch import INIT, Container, running

if TYPE_CHECKING:
    from .scratch import Image

APPLICATION = document("compose.yaml")["services"]["application"]


def run_the_application(container: Container) -> str:
    # No name server knows the service.
    there, here = "s3vectors:7380", f"localhost:{container.port}"
    environment = {name: value.replace(there, here) for name, value in APPLICATION["environment"].items()}
    script = DOCKER / APPLICATION["build"] / "search.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


FOUND = "Alien (0.006)\nSolaris (0.047)\n"


def test_the_image_has_the_package_and_no_installer(built: Image) -> None:
    programs = {file.name for file in built.path("/opt/mock_s3vectors/bin").iterdir()}
    assert "mock-s3vectors" in programs
    assert "pip" not in programs
    assert not built.path("/source").exists()


def test_the_state_belongs_to_the_user_of_the_image(built: Image) -> None:
    added, changed = built.noted
    assert added.startswith("useradd --uid 10001 ")
    assert changed == f"chown 10001:10001 {built.path('/data')}"
    assert built.user == 10001


def test_the_application_finds_what_scripts_have_made_and_so_it_does_after_a_restart(image: Image) -> None:
    image.mount(DOCKER / "init", INIT)
    with running(image) as container:
        assert run_the_application(container) == FOUND
        status, output = container.stop()
        assert status == 0, output
    assert image.path("/data/state.db").stat().st_uid == image.runs_as
    # Only the state file remembers the vectors now; the scripts run again.
    with running(image) as container:
        listed = list_keys(container)
        assert listed == ["Alien", "Notting Hill", "Solaris"]


def list_keys(container: Container) -> list[str]:
    client = boto3.client(
        "s3vectors",
        "us-east-1",
        endpoint_url=f"http://localhost:{container.port}",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    try:
        listed = client.list_vectors(vectorBucketName="films", indexName="plots")
        return sorted(vector["key"] for vector in listed["vectors"])
    finally:
        client.close()


def test_a_container_without_scripts_is_healthy_and_ends_unhealthy(image: Image) -> None:
    with running(image) as container:
        assert container.check_health()[0] == 0
        assert container.stop()[0] == 0
        status, output = container.check_health()
    assert status == 1, output
    assert "is not healthy" in output

"""Whether the present environment has all that a block needs."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

if TYPE_CHECKING:
    from tests.support.blocks.page import Block

ROOT = Path(__file__).parents[3]
# Folders in which an environment of tox installs packages of npm.
NPM_FOLDERS = [ROOT / "tests" / "clients" / "javascript", ROOT / "examples" / "javascript"]
# All environments of tox that run blocks have these.
EVERYWHERE = {"boto3", "botocore", "install", "requests", "server", "starlette", "uvicorn"}
# What else the environments have. Each block runs in one of them at least, within .ci/run.
ENVIRONMENTS = {
    "docs": {
        "filelock",
        "freezegun",
        "hypothesis",
        "moto",
        "pyarrow",
        "pytest-xdist",
        "pyyaml",
        "requests-aws4auth",
        "rich",
        "time-machine",
    },
    "aioboto3": {"aioboto3"},
    "aiobotocore": {"aiobotocore", "moto", "pytest-asyncio"},
    "langchain": {"langchain-aws", "llama-index-vector-stores-s3", "mem0ai"},
    "sdks": {
        "awscli",
        "node",
        "npm:@aws-sdk/client-s3vectors",
        "npm:@mastra/core",
        "npm:@mastra/s3vectors",
    },
}
# No environment can have these in .ci/run.
NOWHERE = {"docker", "network", "testcontainers"}
KNOWN = EVERYWHERE.union(*ENVIRONMENTS.values(), NOWHERE)


def check_needs(block: Block) -> None:
    """Raise unless an environment of tox has all that a block needs, or nobody can have it.

    Raises:
        PageError: there is no such environment.
    """
    names = {name_of(need) for need in block.needs}
    if names - KNOWN:
        raise block.error(f"no environment of tox is known to have {', '.join(sorted(names - KNOWN))}.")
    if names & NOWHERE:
        return
    if not any(names <= EVERYWHERE | has for has in ENVIRONMENTS.values()):
        raise block.error(f"no one environment of tox is known to have {', '.join(sorted(names))}.")


def name_of(need: str) -> str:
    """Return what is needed, without its version."""
    try:
        return Requirement(need).name
    except InvalidRequirement:
        return need  # one of npm


def missing(need: str) -> str | None:
    """Return what the environment lacks for a need, in words; None if it lacks nothing."""
    if need in {"install", "server"}:
        return None
    if need in NOWHERE:
        return f"needs {need}, which no environment of these tests has"
    if need == "node":
        return None if shutil.which("node") else "needs node"
    if need.startswith("npm:"):
        return None if npm_folder(need) else f"needs the package {need.removeprefix('npm:')} of npm"
    return _missing_distribution(Requirement(need))


def npm_folder(need: str) -> Path | None:
    """Return the folder of packages that has one of npm's."""
    folders = [folder / "node_modules" for folder in NPM_FOLDERS]
    return next((folder for folder in folders if (folder / need.removeprefix("npm:")).is_dir()), None)


def _missing_distribution(wanted: Requirement) -> str | None:
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return f"needs {wanted}"
    return (
        None if wanted.specifier.contains(found, prereleases=True) else f"needs {wanted}, and this is {found}"
    )

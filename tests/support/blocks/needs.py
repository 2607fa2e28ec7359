"""Whether the present environment has all that a block needs."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

ROOT = Path(__file__).parents[3]
# Folders in which an environment of tox installs packages of npm.
NPM_FOLDERS = [ROOT / "tests" / "clients" / "javascript", ROOT / "examples" / "javascript"]
# The environment of tox that runs the blocks with this need, within .ci/run.
ENVIRONMENTS = {
    "aioboto3": "aioboto3",
    "aiobotocore": "aiobotocore",
    "awscli": "sdks",
    "boto3": "docs",
    "botocore": "docs",
    "filelock": "docs",
    "freezegun": "docs",
    "hypothesis": "docs",
    "install": "sdks",
    "langchain-aws": "langchain",
    "llama-index-vector-stores-s3": "docs-agents",
    "mem0ai": "docs-agents",
    "moto": "docs",
    "node": "sdks",
    "npm:@aws-sdk/client-s3vectors": "sdks",
    "npm:@mastra/s3vectors": "sdks",
    "pyarrow": "docs",
    "pytest-asyncio": "aiobotocore",
    "pytest-xdist": "docs",
    "pyyaml": "docs",
    "requests": "docs",
    "requests-aws4auth": "docs",
    "rich": "docs",
    "server": "docs",
    "starlette": "docs",
    "testcontainers": "containers",
    "time-machine": "docs",
    "uvicorn": "docs",
}
# Nobody can have these in .ci/run.
NOWHERE = {"docker", "network"}


def name_of(need: str) -> str:
    """Return what is needed, without its version."""
    if need in NOWHERE or need.startswith("npm:"):
        return need
    try:
        return Requirement(need).name
    except InvalidRequirement:
        return need


def missing(need: str) -> str | None:
    """Return what the environment lacks for a need, in words; None if it lacks nothing."""
    if need == "server":
        return None
    if need in NOWHERE:
        return f"needs {need}, which no environment of these tests has"
    if need == "install":
        return None if os.environ.get("DOCS_INSTALL") else "installs packages, which needs DOCS_INSTALL=1"
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

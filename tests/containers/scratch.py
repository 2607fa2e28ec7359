"""Runs the steps of a Dockerfile in a scratch folder, and its program and health check as processes.

This differs from Docker: absolute paths are below the folder; the Python is that of the tests; `useradd` is
only noted, and so is `chown` unless root runs the tests. If root does, the program runs as the image's user,
provided that this user can start the Python of the tests.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from .dockerfile import is_seen, last_stage, read, read_ignoring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .dockerfile import Instruction

# Where Docker's own PATH begins, too.
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# A path that begins a word, or follows a sign that separates paths.
ABSOLUTE = re.compile(r"""(?<![^\s"'=:])/(?=\w)""")
INIT = "/etc/mock_s3vectors/init/ready.d"
# In seconds.
PATIENCE = 60


class Image:
    """The result of a Dockerfile.

    Attributes:
        root: the folder that stands for `/`.
        noted: what `useradd` and `chown` were called with, a line each.
        environment: that of the image, with paths below `root`.
        command: how the server is started.
        health_check: how its health is asked for.
        user: the number of the image's user.
        runs_as: the number of the user that the programs run as.
    """

    def __init__(self, dockerfile: Path, context: Path, folder: Path) -> None:
        self.root = folder / "root"
        self.environment: dict[str, str] = {}
        self._context = context
        self._ignoring = read_ignoring(dockerfile.with_name(f"{dockerfile.name}.dockerignore"))
        self._stages = folder / "stages"
        self._stage = ""
        self._tools = folder / "tools"
        self._notes = self._tools / "notes"
        self._make_tools()
        instructions = read(dockerfile)
        for instruction in instructions:
            step = getattr(self, f"_{instruction.name.lower()}", None)
            if step:
                step(instruction)
        own = last_stage(instructions)
        one = {instruction.name: instruction for instruction in own}
        self.command = [*one["ENTRYPOINT"].words, *one["CMD"].words]
        self.health_check = _command_of(one["HEALTHCHECK"])
        self.user = int(one["USER"].text.partition(":")[0])
        self.runs_as = self.user if self._user_can_start() else os.geteuid()

    @property
    def noted(self) -> list[str]:
        return self._notes.read_text(encoding="utf-8").splitlines()

    def placed(self, text: str) -> str:
        """Return a text whose absolute paths are below `root`."""
        return ABSOLUTE.sub(f"{self.root}/", text)

    def path(self, path: str) -> Path:
        """Return what stands for an absolute path."""
        return Path(self.placed(path))

    def _make_tools(self) -> None:
        self._tools.mkdir(parents=True)
        self._notes.touch()
        note = f'echo "$(basename "$0") $*" >> {self._notes}'
        for name, line in {
            "python": f'exec {sys.executable} "$@"',
            "pip": f'exec {sys.executable} -m pip "$@"',
            "useradd": note,
            "chown": f'{note}; [ "$(id -u)" != 0 ] || exec /bin/chown "$@"',
        }.items():
            tool = self._tools / name
            tool.write_text(f"#!/bin/sh\n{line}\n")
            tool.chmod(0o755)

    # Each instruction that does something, by its name.

    def _from(self, instruction: Instruction) -> None:
        if self.root.exists():
            self._stages.mkdir(exist_ok=True)
            self.root.rename(self._stages / self._stage)
        # Scripts name their interpreter, so that every stage has the same root.
        self.root.mkdir()
        self._stage = instruction.text.partition(" AS ")[2] or "last"
        self._folder = self.root
        self.environment = {"PATH": SYSTEM}

    def _workdir(self, instruction: Instruction) -> None:
        self._folder = self.path(instruction.text)
        self._folder.mkdir(parents=True, exist_ok=True)

    def _copy(self, instruction: Instruction) -> None:
        *sources, last = instruction.words
        target = self._folder / self.placed(last)
        for source in sources:
            stage = instruction.flags.get("from")
            origin = self._stages / stage / source.lstrip("/") if stage else self._context / source
            to = target / origin.name if last.endswith("/") else target
            to.parent.mkdir(parents=True, exist_ok=True)
            if stage:
                # Thousands of files, which nobody copies again.
                origin.rename(to)
                continue
            assert is_seen(PurePath(source), self._ignoring), f"the build does not see {source}"
            if origin.is_dir():
                shutil.copytree(origin, to, ignore=self._ignored)
            else:
                shutil.copy(origin, to)

    def _ignored(self, folder: str, names: list[str]) -> list[str]:
        inside = Path(folder).relative_to(self._context)
        return [name for name in names if not is_seen(inside / name, self._ignoring)]

    def _run(self, instruction: Instruction) -> None:
        environment = {**os.environ, **self.environment}
        environment["PATH"] = f"{self._tools}:{environment['PATH']}"
        subprocess.run(
            ["/bin/sh", "-c", self.placed(instruction.text)],
            cwd=self._folder,
            env=environment,
            check=True,
        )

    def _env(self, instruction: Instruction) -> None:
        for word in instruction.words:
            name, _, value = word.partition("=")
            for other, known in self.environment.items():
                value = value.replace(f"${other}", known)
            self.environment[name] = self.placed(value) if name != "PATH" else self._with_own_first(value)

    def _with_own_first(self, value: str) -> str:
        """Return a PATH whose new part is below `root`; the system's own part stays."""
        own, system, rest = value.partition(SYSTEM)
        return self.placed(own) + system + rest

    # What a daemon does with an image.

    def run_program(self, command: list[str], more: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start a program with the image's environment and user."""
        other = None if self.runs_as == os.geteuid() else self.runs_as
        environment = {**self.environment, "MOCK_S3VECTORS_INIT": str(self.path(INIT)), **more}
        found = shutil.which(command[0], path=environment["PATH"])
        assert found, f"{command[0]} is not in the image's PATH"
        return subprocess.Popen(
            [found, *command[1:]],
            env=environment,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=other,
            group=other,
            extra_groups=None if other is None else [],
        )

    def _user_can_start(self) -> bool:
        if os.geteuid() != 0:
            return False
        python = self.path("/opt/mock_s3vectors/bin/python")
        try:
            tried = subprocess.run([python, "-c", ""], user=self.user, group=self.user, check=False)
        except PermissionError:
            return False
        return tried.returncode == 0

    def mount(self, folder: Path, path: str) -> None:
        """Have the files of a folder at a path of the image, instead of those that were there."""
        target = self.path(path)
        shutil.rmtree(target)
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))


def _command_of(health_check: Instruction) -> list[str]:
    return health_check._replace(text=health_check.text.partition("CMD ")[2]).words


class Container:
    """A running server of an image.

    Attributes:
        port: the port of this machine at which it answers; in the image it is that of the Dockerfile.
    """

    def __init__(self, image: Image, **environment: str) -> None:
        self.port = free_port()
        self._image = image
        self._environment = {**environment, "MOCK_S3VECTORS_PORT": str(self.port)}
        self._process = image.run_program(image.command, self._environment)

    def check_health(self) -> tuple[int, str]:
        """Run the health check, and return its status and output."""
        asked = self._image.run_program(self._image.health_check, self._environment)
        output, _ = asked.communicate(timeout=PATIENCE)
        return asked.returncode, output

    def wait(self) -> None:
        """Wait until the container is healthy."""
        end = time.monotonic() + PATIENCE
        while True:
            status, output = self.check_health()
            if status == 0:
                return
            running = self._process.poll() is None
            assert running, self._process.communicate()[0]
            assert time.monotonic() < end, output
            time.sleep(0.1)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> tuple[int, str]:
        """End it as `docker stop` does, and return its status and output."""
        self._process.terminate()
        try:
            output, _ = self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, _ = self._process.communicate()
        return self._process.returncode, output


@contextmanager
def running(image: Image, **environment: str) -> Iterator[Container]:
    container = Container(image, **environment)
    try:
        container.wait()
        yield container
    finally:
        container.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port

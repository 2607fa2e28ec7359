"""The whole state of a mock over HTTP, as the bytes of a state file: GET saves it, PUT loads it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.serving.control.answers import answer_or_refuse, in_worker, level_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import World

# Behind the prefix of the server's own paths.
STATE = "/state"
# That of SQLite's files.
_MEDIA_TYPE = "application/vnd.sqlite3"


def state_route(path: str, current: Callable[[], Level | None]) -> Route:
    """Return the route of the state.

    Args:
        path: where it is.
        current: returns the mock whose state it is; None while no mock is on.
    """

    async def state(request: Request) -> Response:
        world = level_of(current).world
        folder = Path(tempfile.mkdtemp(prefix="mock_s3vectors_"))
        try:
            return await (_take if request.method == "PUT" else _give)(request, world, folder)
        except BaseException:
            shutil.rmtree(folder)
            raise

    async def answer(request: Request) -> Response:
        return await answer_or_refuse(state(request))

    return Route(path, answer, methods=["GET", "PUT"])


class _StateFile(FileResponse):
    """A response with a whole state file, whose folder it removes, however it ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Each request saves anew: the ranges of two of them would not make a file.
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        self.headers["accept-ranges"] = "none"
        try:
            await super().__call__({**scope, "headers": headers}, receive, send)
        finally:
            shutil.rmtree(Path(self.path).parent)


async def _give(request: Request, world: World, folder: Path) -> Response:
    """Return a response with the state, which removes its folder in the end."""
    from mock_s3vectors.storage.saving import save  # noqa: PLC0415 - numpy takes 0.2 s to import

    file = folder / "state.db"
    await in_worker(request, lambda: save(world, file))
    return _StateFile(file, media_type=_MEDIA_TYPE, filename=file.name)


async def _take(request: Request, world: World, folder: Path) -> Response:
    """Have the world hold the state that is the body.

    Raises:
        UsageError: the body is no state file.
    """
    from mock_s3vectors.storage.loading import load  # noqa: PLC0415 - numpy takes 0.2 s to import
    from mock_s3vectors.storage.writing import settle_all  # noqa: PLC0415 - the same

    file = folder / "state.db"
    with file.open("wb") as body:
        async for piece in request.stream():
            body.write(piece)

    def take() -> None:
        try:
            held = load(file)
            settle_all(held.stores)  # damage is found now: later there is no file
            world.hold(held)
        except UsageError as error:
            raise UsageError(str(error).replace(str(file), "the body")) from None

    await in_worker(request, take)
    shutil.rmtree(folder)
    return JSONResponse({})

"""The routes of the page: the page itself, its files, and what its views ask for."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mock_s3vectors.serving.control.answers import CONTROL, answer_with, in_worker, level_of, read_document
from mock_s3vectors.serving.page.comparing_route import comparing_route
from mock_s3vectors.serving.page.live import live_route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.page.questions import Question

# Behind the prefix of the server's own paths.
UI = "/ui"

_FILES = resources.files("mock_s3vectors.serving.page") / "files"
_TEMPLATE = "page.html"
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# A browser takes nothing from elsewhere, no code in markup, and no markup from text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_routes(path: str, current: Callable[[], Level | None]) -> list[Route]:
    """Return the routes of the page.

    Args:
        path: where it is.
        current: returns the mock that it shows; None while no mock is on.
    """
    return [
        Route(path, _page),
        Route(f"{path}/files", _file),  # or Starlette would send browsers in a circle
        Route(f"{path}/files/{{name:path}}", _file),
        live_route(f"{path}/live", current),
        comparing_route(f"{path}/data/query/compare", current),
        _questions_route(f"{path}/data", current),
    ]


async def _page(_: Request) -> Response:
    return Response(_rendered(), media_type="text/html", headers=_HEADERS)


async def _file(request: Request) -> Response:
    name = request.path_params.get("name", "")
    # No name needs an escape, and each file has one address.
    if name not in _names() or b"%" in request.scope["raw_path"]:
        raise HTTPException(404)
    media_type = _MEDIA_TYPES[name[name.rindex(".") :]]
    return Response(_FILES.joinpath(name).read_bytes(), media_type=media_type, headers=_HEADERS)


@cache
def _names() -> tuple[str, ...]:
    """Return the names of the files that a browser may ask for."""
    found = [
        entry.name if folder is _FILES else f"{folder.name}/{entry.name}"
        for folder in (_FILES, *(child for child in _FILES.iterdir() if child.is_dir()))
        for entry in folder.iterdir()
    ]
    return tuple(sorted(name for name in found if name.endswith(tuple(_MEDIA_TYPES))))


@cache
def _rendered() -> str:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only who opens the page needs it

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_FILES.joinpath(_TEMPLATE).read_text(encoding="utf-8"))
    return template.render(
        version=version("mock_s3vectors"),
        files=f"{CONTROL}{UI}/files",
        modules=[name for name in _names() if name.endswith(".js")],
        # Those of views add to what all share.
        sheets=sorted((name for name in _names() if name.endswith(".css")), key=lambda name: name.count("/")),
    )


@cache
def _questions() -> dict[str, dict[str, Question]]:
    """Return the questions by path and method."""
    # Whoever starts a server may have no use for the page.
    from mock_s3vectors.serving.page.browsing import BROWSING  # noqa: PLC0415 - the reason is above
    from mock_s3vectors.serving.page.live_questions import LIVE  # noqa: PLC0415 - the same
    from mock_s3vectors.serving.page.picturing import PICTURING  # noqa: PLC0415 - the same
    from mock_s3vectors.serving.page.querying import QUERYING  # noqa: PLC0415 - the same

    questions: dict[str, dict[str, Question]] = {}
    for question in (*BROWSING, *QUERYING, *PICTURING, *LIVE):
        questions.setdefault(question.path, {})[question.method] = question
    return questions


def _questions_route(path: str, current: Callable[[], Level | None]) -> Route:
    """Return the route of all questions, which are answered in a thread."""

    async def answer(request: Request) -> Response:
        asked = (await in_worker(request, _questions)).get(f"/{request.path_params['name']}")
        if asked is None:
            raise HTTPException(404)
        question = asked.get(request.method)
        if question is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(asked))})

        async def content() -> Any:
            level = level_of(current)
            document = (
                await read_document(request) if question.method == "POST" else dict(request.query_params)
            )
            return await in_worker(request, lambda: question.answer(level, document))

        return await answer_with(content())

    return Route(f"{path}/{{name:path}}", answer, methods=["GET", "POST"])

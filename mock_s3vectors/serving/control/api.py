"""The HTTP server's own paths, which S3 Vectors cannot have, for tests in other languages.

GET /_mock_s3vectors lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mock_s3vectors.abridging import show
from mock_s3vectors.errors import refusals, server_refusals
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.serving.control.answers import CONTROL, answer_with, level_of, read_document, refusal
from mock_s3vectors.serving.control.guide import DOES
from mock_s3vectors.serving.control.init_routes import (
    HEALTH,
    INIT,
    RESET,
    health_route,
    init_route,
    reset_route,
)
from mock_s3vectors.serving.control.permissions import OF_PERMISSIONS
from mock_s3vectors.serving.control.state_files import STATE, state_route
from mock_s3vectors.serving.page.routes import UI, page_routes
from mock_s3vectors.workbench.documents import calls_like, check_names, document_of, rule_from
from mock_s3vectors.workbench.steered import calls_of
from mock_s3vectors.workbench.workbench import BoundWorkbench

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Lifespan

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.initializing import Initialization
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.workbench import Workbench
    from mock_s3vectors.world import Clock


class Path(NamedTuple):
    """A path with its method and the function that makes the answer.

    The function takes the JSON document of the request, None if there is none, and the id in the path.
    """

    method: str
    path: str
    answer: Callable[[Any, str], Any]


def control_api(
    current: Callable[[], Level | None], lifespan: Lifespan[Starlette], initialization: Initialization
) -> Starlette:
    """Return the application that answers under these paths.

    Args:
        current: returns the mock that the paths are about; None while no mock is on.
        lifespan: holds the resources of the server while it runs.
        initialization: what the server begins with.
    """
    paths = [
        Path("GET", "", lambda *_: {"paths": _listed(paths)}),
        *(Path(method, path, _of_level(current, answer)) for method, path, answer in _OF_A_MOCK),
    ]
    return Starlette(
        routes=[
            *(_route(path, [other for other in paths if other.path == path.path]) for path in paths),
            health_route(f"{CONTROL}{HEALTH}", initialization),
            init_route(f"{CONTROL}{INIT}", initialization),
            reset_route(f"{CONTROL}{RESET}", current, initialization, _reset),
            state_route(f"{CONTROL}{STATE}", current),
            *page_routes(f"{CONTROL}{UI}", current),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _refuse, Exception: _fail},
    )


def _listed(paths: list[Path]) -> list[dict[str, str]]:
    return [
        {"method": method, "path": f"{CONTROL}{shown}", "does": DOES[method, shown]}
        for method, path in (*((path.method, path.path) for path in paths), *_OF_OTHERS)
        for shown in [path.replace(":path}", "}")]
    ]


def _of_level(current: Callable[[], Level | None], answer: Callable[[Level, Any, str], Any]) -> Any:
    """Return a function that answers about the mock that is on, and raises if none is."""

    def answer_about_it(document: Any, rule_id: str) -> Any:
        return answer(level_of(current), document, rule_id)

    return answer_about_it


def _bench(level: Level) -> Workbench:
    return BoundWorkbench(lambda: level)


def _calls(level: Level, *_: Any) -> Any:
    return _listing(calls_of(level))


def _find_calls(level: Level, document: Any, _: str) -> Any:
    return _listing(calls_like(calls_of(level), document))


def _listing(calls: Calls) -> Any:
    return {"calls": [document_of(call) for call in calls], "dropped": calls.dropped}


def _clear_calls(level: Level, *_: Any) -> Any:
    calls_of(level).clear()
    return {}


def _rules(level: Level, *_: Any) -> Any:
    return {"rules": [rule.document() for rule in _bench(level).rules]}


def _add_rule(level: Level, document: Any, _: str) -> Any:
    return rule_from(_bench(level), document).document()


def _remove_rules(level: Level, _: Any, rule_id: str) -> Any:
    """Remove the rule with this id, or all rules if no id is given.

    Raises:
        UsageError: there is no such rule.
    """
    rules = _bench(level).rules
    chosen = [rule for rule in rules if rule_id in ("", str(rule.id))]
    if rule_id and not chosen:
        known = ", ".join(str(rule.id) for rule in rules) or "none"
        raise UsageError(f"There is no rule with the id {shorten(rule_id)!r}. Ids: {known}.")
    for rule in chosen:
        rule.remove()
    return {}


def _clock(level: Level, *_: Any) -> Any:
    clock = level.world.clock
    return {"now": clock.now(), "frozen": clock.is_frozen}


def _set_clock(level: Level, document: Any, _: str) -> Any:
    """Do with the clock all that a document says, or nothing.

    Raises:
        UsageError: it says something else.
    """
    check_names(document, "a change of the clock", tuple(_CLOCK))
    changed = level.world.clock.copy()
    for name, change in _CLOCK.items():
        if name not in document:
            continue
        value = document[name]
        if name in ("freeze", "follow") and value is not True:
            raise UsageError(f"{name!r} is {show(value)}: it must be true, or be left out.")
        change(changed, value)
    level.world.clock.set_as(changed)
    return _clock(level)


# In the order in which they are made, since the members of an object have none.
_CLOCK: dict[str, Callable[[Clock, Any], None]] = {
    "follow": lambda clock, _: clock.follow(),
    "freeze": lambda clock, _: clock.freeze(),
    "move_to": lambda clock, moment: clock.move_to(moment),
    "shift": lambda clock, seconds: clock.shift(seconds),
}


def _reset(level: Level) -> Any:
    level.world.reset()
    calls_of(level).clear()
    level.world.clock.follow()
    return _remove_rules(level, None, "")


# `guide` has the text about each that GET /_mock_s3vectors gives.
_OF_A_MOCK: tuple[tuple[str, str, Callable[[Level, Any, str], Any]], ...] = (
    ("GET", "/calls", _calls),
    ("POST", "/calls/find", _find_calls),
    ("DELETE", "/calls", _clear_calls),
    ("GET", "/rules", _rules),
    ("POST", "/rules", _add_rule),
    ("DELETE", "/rules", _remove_rules),
    ("DELETE", "/rules/{id}", _remove_rules),
    ("GET", "/clock", _clock),
    ("POST", "/clock", _set_clock),
    *OF_PERMISSIONS,
)


# Paths whose routes other modules make.
_OF_OTHERS = (
    ("GET", HEALTH),
    ("GET", INIT),
    ("POST", RESET),
    ("GET", STATE),
    ("PUT", STATE),
    ("GET", UI),
)


def _route(path: Path, paths: list[Path]) -> Route:
    """Return the route of a path, with all of its methods, so that the refusal of any other names them."""
    answers = {path.method: path.answer for path in paths}

    async def answer(request: Request) -> Response:
        # Starlette answers HEAD where there is GET.
        answer = answers["GET" if request.method == "HEAD" else request.method]

        async def content() -> Any:
            document = await read_document(request) if request.method == "POST" else None
            return answer(document, request.path_params.get("id", ""))

        return await answer_with(content())

    return Route(f"{CONTROL}{path.path}", answer, methods=list(answers))


async def _refuse(request: Request, error: Exception) -> Response:
    """Return the answer to a path or a method that does not exist."""
    allowed = getattr(error, "headers", None) or {}
    asked = refusals.shorten(f"{request.method} {request.url.path}")
    if allowed:
        return refusal(server_refusals.method_not_allowed(asked, allowed["Allow"]), allowed)
    return refusal(refusals.unknown_operation(f"{asked} does not exist: GET {CONTROL} lists the paths."))


async def _fail(_: Request, bug: Exception) -> Response:
    """Return the answer to a bug of the mock, which Starlette raises again, so that it is logged."""
    return refusal(refusals.internal_failure(bug))

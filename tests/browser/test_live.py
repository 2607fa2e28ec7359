"""The view Live: calls as they come, rules, the clock, the state, by clicks and keys."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

    from mock_s3vectors import S3VectorsServer

NAMES = {"vectorBucketName": "films", "indexName": "plots"}


@pytest.fixture
def server() -> Iterator[S3VectorsServer]:
    with s3vectors_server(advice=True) as server:
        yield server


@pytest.fixture
def live(open_page: Callable[..., Page]) -> Page:
    page = open_page("#/live")
    expect(page.get_by_text("Connected")).to_be_visible()
    return page


def fill(client: Any) -> None:
    client.create_vector_bucket(vectorBucketName="films")
    client.create_index(**NAMES, dataType="float32", dimension=3, distanceMetric="cosine")
    data = {"float32": [0.1, 0.2, 0.3]}
    client.put_vectors(**NAMES, vectors=[{"key": "alien", "data": data, "metadata": {"genre": "horror"}}])
    client.query_vectors(**NAMES, topK=1, queryVector=data, filter={"genr": 2**53 + 1})


def fail(client: Any, name: str = "none") -> None:
    with pytest.raises(client.exceptions.ClientError):
        client.get_index(vectorBucketName="films", indexName=name)


def calls(page: Page) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("button", name="Call"))


def answer(page: Page, question: str | re.Pattern[str], verb: str) -> None:
    """Answers a question, which has the focus on the harmless button."""
    dialog = page.get_by_role("dialog", name=question)
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name=verb).click()
    expect(dialog).to_have_count(0)


def test_calls_appear_as_they_come(
    live: Page, client: Any, take_picture: Callable[[Page, str], None]
) -> None:
    expect(live.get_by_text("No calls yet.")).to_be_visible()
    fill(client)
    expect(calls(live)).to_have_count(4)
    newest = calls(live).first
    expect(newest).to_contain_text("QueryVectors")
    expect(newest).to_contain_text("films/plots")
    expect(newest).to_contain_text("Advice")
    fail(client)
    expect(calls(live).first).to_contain_text("404 NotFoundException")
    expect(calls(live).first).to_contain_text("The specified index could not be found")
    expect(live.get_by_role("list", name="Calls by outcome")).to_have_text(
        re.compile("200: 4.*404 NotFoundException: 1")
    )
    live.get_by_role("checkbox", name="Only errors").check()
    expect(calls(live)).to_have_count(1)
    live.get_by_role("checkbox", name="Only errors").uncheck()
    live.get_by_label("Operation").first.select_option("PutVectors")
    expect(calls(live)).to_have_count(1)
    live.get_by_label("Operation").first.select_option("All")
    live.get_by_label("Bucket or index").fill("FILMS/none")
    expect(calls(live)).to_have_count(1)
    live.get_by_label("Bucket or index").fill("")
    live.get_by_label("Text").fill("CREATE")
    expect(calls(live)).to_have_count(2)
    live.get_by_label("Text").fill("nothing")
    expect(live.get_by_text("No call of those that the page keeps is like this.")).to_be_visible()
    live.get_by_label("Text").fill("")
    take_picture(live, "live")


def test_the_table_stands_still_while_somebody_reads(live: Page, client: Any) -> None:
    client.list_vector_buckets()
    expect(calls(live)).to_have_count(1)
    live.get_by_role("button", name="Pause").click()
    for _ in range(3):
        client.list_vector_buckets()
    new = live.get_by_role("button", name="3 new")
    expect(new).to_be_visible()
    assert calls(live).count() == 1
    new.click()
    expect(calls(live)).to_have_count(4)
    client.list_vector_buckets()
    expect(live.get_by_role("button", name="1 new")).to_be_visible()
    live.get_by_role("button", name="Pause").click()
    expect(calls(live)).to_have_count(5)
    # The focus in a row holds the table too.
    calls(live).first.get_by_role("button").focus()
    client.list_vector_buckets()
    expect(live.get_by_role("button", name="1 new")).to_be_visible()
    live.get_by_role("button", name="Pause").focus()
    expect(calls(live)).to_have_count(6)


def test_more_calls_than_anybody_reads(live: Page, client: Any) -> None:
    client.list_vector_buckets()
    expect(calls(live)).to_have_count(1)
    level = STACK.current()
    assert level is not None
    journal = level.world.journal
    [record] = journal
    for _ in range(3_000):
        journal.add(record)
    expect(calls(live)).to_have_count(200)
    expect(calls(live).first).to_contain_text("#3,001")
    totals = live.get_by_role("list", name="Calls by outcome")
    # All of them came between two looks of the server, or some before one.
    shown, skipped = re.findall(r"[\d,]+", totals.inner_text().replace("200: ", "", 1))
    assert int(shown) + int(skipped.replace(",", "")) == 3_001
    live.get_by_label("Text").fill("#3,001")
    expect(calls(live)).to_have_count(1)


def test_a_call_in_detail_by_the_keyboard(live: Page, client: Any) -> None:
    fill(client)
    fail(client, "<b>none</b>")
    expect(calls(live)).to_have_count(5)
    live.get_by_role("button", name="Forget the calls").focus()
    live.keyboard.press("Tab")
    expect(calls(live).nth(0).get_by_role("button")).to_be_focused()
    live.keyboard.press("ArrowDown")
    expect(calls(live).nth(1).get_by_role("button")).to_be_focused()
    live.keyboard.press("Enter")
    panel = live.get_by_role("region", name="Call #4: QueryVectors")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("Did you mean 'genre'?")
    expect(panel).to_contain_text('"float32": "<3 floats, norm 0.37>"')
    expect(panel).to_contain_text('"genr": 9007199254740993')
    expect(panel).to_contain_text("Policies were not asked about QueryVectors")
    expect(panel.get_by_role("link", name="films/plots")).to_have_attribute(
        "href",
        re.compile(r"^#/browse\?index=arn%3Aaws%3As3vectors%3Aus-east-1%3A123456789012%3Abucket%2Ffilms"),
    )
    live.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(calls(live).nth(1).get_by_role("button")).to_be_focused()
    live.keyboard.press("Home")
    live.keyboard.press("Enter")
    panel = live.get_by_role("region", name="Call #5: GetIndex")
    expect(panel).to_contain_text("Invalid index name")
    expect(panel).to_contain_text("films/<b>none</b>")
    panel.get_by_role("button", name="Close").click()
    expect(calls(live).nth(0).get_by_role("button")).to_be_focused()


def test_a_rule_of_the_page_meets_the_next_call(live: Page, client: Any) -> None:
    live.get_by_text("Add a rule").click()
    live.get_by_role("region", name="Rules").get_by_label("Operation", exact=True).select_option(
        "ListVectorBuckets"
    )
    live.get_by_label("Message").fill("It's too much")
    live.get_by_label("At most so many times").fill("1")
    live.get_by_role("button", name="Add the rule").click()
    rules = live.get_by_role("list", name="Rules").get_by_role("listitem")
    text = 'ListVectorBuckets fails with TooManyRequestsException and the text "It\'s too much", once.'
    expect(rules).to_contain_text([text])
    expect(rules).to_contain_text(["0 hits"])
    with pytest.raises(client.exceptions.TooManyRequestsException, match="It's too much"):
        client.list_vector_buckets()
    expect(rules).to_contain_text(["1 hit"])
    expect(calls(live).first).to_contain_text(text[:-1])
    client.list_vector_buckets()
    # The same rule, from a shell.
    live.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rules.get_by_role("button", name="Copy as curl").click()
    expect(live.get_by_text(re.compile(r"Copied rule \d+ as a curl command"))).to_be_visible()
    line = live.evaluate("navigator.clipboard.readText()")
    start, _, document = line.partition(" -d ")
    assert start.startswith("curl -X POST http://127.0.0.1:")
    assert json.loads(document[1:-1].replace("'\\''", "'")) == {
        "operation": ["ListVectorBuckets"],
        "fail": {"code": "TooManyRequestsException", "message": "It's too much"},
        "times": 1,
    }
    rules.get_by_role("button", name="Remove").click()
    answer(live, re.compile("Remove the rule"), "Remove")
    expect(rules).to_have_count(0)


def test_verbs_of_rules(live: Page, server: S3VectorsServer) -> None:
    live.get_by_text("Add a rule").click()
    verbs: list[tuple[str, dict[str, str], str]] = [
        ("Answer later", {"Seconds": "0.1", "Up to seconds": "0.5"}, "is answered 0.1 to 0.5 s later"),
        ("Limit the rate", {"Vectors": "10"}, "fails beyond 5 requests or 10 vectors to an index in 1 s"),
        ("Lose the answer", {}, "is lost: the connection is reset"),
    ]
    live.get_by_label("After so many calls").fill("100")
    for verb, fields, words in verbs:
        live.get_by_label("What happens").select_option(verb)
        for name, value in fields.items():
            live.get_by_label(name, exact=True).fill(value)
        live.get_by_role("button", name="Add the rule").click()
        whole = f"Every call {words}, after 100 calls"
        expect(live.get_by_role("list", name="Rules")).to_contain_text(f"{whole}.")
        assert server.mock.rules[0].words == whole


def test_a_rule_that_the_server_refuses(live: Page, server: S3VectorsServer) -> None:
    live.get_by_text("Add a rule").click()
    live.get_by_label("Error code").fill("TooManyRequestExeption")
    live.get_by_role("button", name="Add the rule").click()
    alert = live.get_by_role("alert").filter(has_text="is not an error")
    expect(alert).to_contain_text("Did you mean 'TooManyRequestsException'?")
    live.get_by_label("Error code").fill("503")
    live.get_by_label("Probability").fill("often")
    live.get_by_role("button", name="Add the rule").click()
    expect(live.get_by_text("probability='often': give a number above 0, up to 1.")).to_be_visible()
    live.get_by_label("Probability").fill("")
    live.get_by_label("Index name").fill("plots")
    live.get_by_role("button", name="Add the rule").click()
    expect(alert).to_have_count(0)
    assert [rule.words for rule in server.mock.rules] == [
        "Every call with indexName 'plots' fails with status 503"
    ]
    live.get_by_label("What happens").select_option("Answer with a result")
    live.get_by_label("Output").fill("{")
    live.get_by_role("button", name="Add the rule").click()
    expect(live.get_by_text("The output is not JSON")).to_be_visible()
    live.get_by_role("button", name="Remove all").click()
    answer(live, "Remove 1 rule? Calls are carried out as usual then.", "Remove 1 rule")
    expect(live.get_by_text("No rules: every call is carried out.")).to_be_visible()
    assert server.mock.rules == ()


def test_the_clock(live: Page, client: Any, server: S3VectorsServer) -> None:
    clock = live.get_by_role("region", name="Clock")
    expect(clock).to_contain_text("It follows the clock of the server.")
    clock.get_by_label("Moment").fill("2031-05-06T07:08:00")
    clock.get_by_role("button", name="Move").click()
    expect(clock).to_contain_text("2031-05-06 07:08:0")
    expect(clock).to_contain_text("ahead of the clock of the server")
    client.create_vector_bucket(vectorBucketName="films")
    made = client.get_vector_bucket(vectorBucketName="films")["vectorBucket"]["creationTime"]
    assert made.strftime("%Y-%m-%d %H:%M") == "2031-05-06 07:08"
    clock.get_by_role("button", name="Freeze").click()
    expect(clock).to_contain_text("It is frozen.")
    clock.get_by_label("Shift by").fill("2")
    clock.get_by_label("Unit").select_option("days")
    clock.get_by_role("button", name="Forward").click()
    expect(clock).to_contain_text("2031-05-08 07:08:")
    clock.get_by_role("button", name="Back").click()
    expect(clock).to_contain_text("2031-05-06 07:08:")
    clock.get_by_label("Shift by").fill("two")
    clock.get_by_role("button", name="Back").click()
    expect(clock.get_by_role("alert")).to_contain_text("clock.shift('two'): give a number of seconds")
    clock.get_by_role("button", name="Follow the server").click()
    expect(clock).to_contain_text("It follows the clock of the server.")
    assert server.mock.clock.now() == pytest.approx(time.time(), abs=5)


def test_save_reset_load(live: Page, client: Any, tmp_path: Any) -> None:
    fill(client)
    state = live.get_by_role("region", name="State")
    with live.expect_download() as downloaded:
        state.get_by_role("link", name="Save").click()
    downloaded.value.save_as(tmp_path / "films.db")
    state.get_by_role("button", name="Reset").dblclick()
    question = re.compile(r"^Reset the mock\? 1 vector bucket, 1 index, 1 vector and 4 calls will be lost")
    dialog = live.get_by_role("dialog", name=question)
    expect(dialog).to_be_visible()
    live.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(state.get_by_role("button", name="Reset")).to_be_focused()
    assert len(client.list_vector_buckets()["vectorBuckets"]) == 1
    state.get_by_role("button", name="Reset").click()
    answer(live, re.compile(r"^Reset the mock\? .* 5 calls"), "Reset")
    expect(live.get_by_text("The mock is reset.")).to_be_visible()
    assert client.list_vector_buckets()["vectorBuckets"] == []
    expect(calls(live)).to_have_count(1)
    client.create_vector_bucket(vectorBucketName="other")
    state.get_by_label("State file").set_input_files(tmp_path / "films.db")
    state.get_by_role("button", name="Load").click()
    answer(live, re.compile(r"^Load films.db\? .* 1 vector bucket will be lost\.$"), "Load")
    expect(live.get_by_text("films.db is loaded.")).to_be_visible()
    assert [one["vectorBucketName"] for one in client.list_vector_buckets()["vectorBuckets"]] == ["films"]
    (tmp_path / "none.db").write_text("nothing")
    state.get_by_label("State file").set_input_files(tmp_path / "none.db")
    state.get_by_role("button", name="Load").click()
    answer(live, re.compile("^Load none.db"), "Load")
    expect(state.get_by_role("alert")).to_contain_text("the body")
    assert len(client.list_vector_buckets()["vectorBuckets"]) == 1


def test_a_reset_with_what_the_server_began_with(open_page: Callable[..., Page]) -> None:
    """The page is told of scripts that this server never had, which refuses to run them again."""
    scripts = [{"name": name, "status": "done"} for name in ("1.sh", "2.db")]
    page = open_page("#/browse")
    page.route(
        "**/_mock_s3vectors/init", lambda route: route.fulfill(json={"status": "done", "scripts": scripts})
    )
    page.get_by_role("link", name="Live").click()
    page.get_by_role("button", name="Reset and run --init again").click()
    with page.expect_request("**/_mock_s3vectors/reset?init=1"):
        answer(page, re.compile(r"Then 1\.sh and 2\.db will run again\.$"), "Reset")
    expect(page.get_by_role("alert")).to_contain_text("there is nothing to run again")


def test_forgetting_calls(live: Page, client: Any, server: S3VectorsServer) -> None:
    client.list_vector_buckets()
    client.list_vector_buckets()
    expect(calls(live)).to_have_count(2)
    live.get_by_role("button", name="Forget the calls").click()
    answer(live, "Forget 2 calls? Tests and GET /calls do not see them any more.", "Forget the calls")
    expect(live.get_by_text("No calls yet.")).to_be_visible()
    assert len(server.mock.calls) == 0


def test_a_mock_inside_is_followed(live: Page, client: Any) -> None:
    client.list_vector_buckets()
    expect(calls(live)).to_have_count(1)
    with mock_s3vectors():
        expect(live.get_by_text("Another mock answers from here on.")).to_be_visible()
        client.create_vector_bucket(vectorBucketName="films")
        expect(calls(live)).to_have_count(2)
    expect(live.get_by_text("Another mock answers from here on.")).to_have_count(2)
    # What its call was is still known, if not all of it.
    calls(live).first.get_by_role("button").click()
    panel = live.get_by_role("region", name="Call #1: CreateVectorBucket")
    expect(panel).to_contain_text("Call 1 was answered by another mock than the one that is on.")


def test_a_page_that_nobody_sees_rests_and_goes_on_where_it_was(live: Page, client: Any) -> None:
    client.list_vector_buckets()
    expect(calls(live)).to_have_count(1)
    hide = """(is) => {
        Object.defineProperty(document, "hidden", { value: is, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    live.evaluate(hide, arg=True)
    expect(live.get_by_text("The page rests")).to_be_visible()
    client.list_vector_buckets()
    live.evaluate(hide, arg=False)
    expect(calls(live)).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable(  # noqa: PLR0913, PLR0917 - pytest gives them by name
    open_page: Callable[..., Page],
    client: Any,
    server: S3VectorsServer,
    check_accessibility: Callable[[Page], None],
    take_picture: Callable[[Page, str], None],
    scheme: str,
) -> None:
    fill(client)
    server.mock.on("GetIndex", indexName="late").fail("ServiceUnavailableException", optional=True)
    fail(client, "late")
    fail(client, "<b>none</b>")
    page = open_page("#/live", color_scheme=scheme, viewport={"width": 1600, "height": 900})
    expect(calls(page)).to_have_count(6)
    page.get_by_text("Add a rule").click()
    check_accessibility(page)
    take_picture(page, f"live_{scheme}_1600")
    calls(page).nth(2).get_by_role("button").click()
    expect(page.get_by_role("region", name="Call #4: QueryVectors")).to_contain_text("Policies")
    take_picture(page, f"live_call_{scheme}_1600")
    page.set_viewport_size({"width": 400, "height": 900})
    check_accessibility(page)
    take_picture(page, f"live_call_{scheme}_400")
    page.keyboard.press("Escape")
    for verb in ("Answer later", "Limit the rate", "Lose the answer", "Answer with a result"):
        page.get_by_label("What happens").select_option(verb)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.get_by_role("heading", name="Rules").scroll_into_view_if_needed()
    take_picture(page, f"live_{scheme}_400")

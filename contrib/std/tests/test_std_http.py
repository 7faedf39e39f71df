"""The HTTP node, against a real server."""

from __future__ import annotations

import gc
import sys
from subprocess import run as run_program
from typing import Any

import anyio
import pytest

from stratagem import Secret
from stratagem_std.http import HttpFailed, http_request

pytestmark = pytest.mark.anyio


async def test_an_answer_has_all_its_parts(server: str) -> None:
    """Status, headers with small names, text, and what the text stands for."""
    answer = await http_request(f"{server}/greeting", params={"name": "Ada"})
    assert (answer.status, answer.ok, answer.json) == (200, True, {"hello": "Ada"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == '{"hello": "Ada"}'
    assert answer.url == f"{server}/greeting?name=Ada"


async def test_parameters_are_added_to_those_of_the_url(server: str) -> None:
    """Lists stand for several of the same name, other values are written as templates write them."""
    answer = await http_request(f"{server}/query?a=1", params={"b": ["x", 2], "c": True})
    assert answer.json == {"a": "1", "b": ["x", "2"], "c": "true"}


async def test_a_url_is_sent_as_it_is_written(server: str) -> None:
    """Parameters are put behind it, in place of those of the same name."""
    written = "/typed?type=text/json&flag&a=1+2&a=%20%e4&b=x/y:z&"
    assert (await http_request(f"{server}{written}")).json == {"path": written}
    answer = await http_request(f"{server}{written}", params={"b": "new", "c": "ä &"})
    assert answer.json == {"path": "/typed?type=text/json&flag&a=1+2&a=%20%e4&&b=new&c=%C3%A4+%26"}


@pytest.mark.parametrize(
    ("type_", "is_json"),
    [
        ("Application/JSON; Charset=UTF-8", True),
        ("application/Problem+JSON", True),
        ("text/json ;x=y", True),
        ("text/html; profile=json", False),
        ("application/json-seq", False),
    ],
)
async def test_json_is_known_by_its_media_type(server: str, type_: str, is_json: bool) -> None:
    """However that is written; a byte order mark is no part of the text."""
    answer = await http_request(f"{server}/typed", params={"type": type_})
    assert isinstance(answer.json, dict) == is_json
    assert answer.text.startswith("{")


@pytest.mark.parametrize(
    ("content", "text", "type_"),
    [
        ({"json": {"ü": [1, None]}}, '{"ü": [1, null]}', "application/json"),
        ({"json": False}, "false", "application/json"),
        ({"body": "plain ü"}, "plain ü", "text/plain; charset=utf-8"),
        ({"body": ""}, "", "text/plain; charset=utf-8"),
        ({"form": {"a": 1, "b": ["x", "y z"]}}, "a=1&b=x&b=y+z", "application/x-www-form-urlencoded"),
        ({"body": "<a/>", "headers": {"Content-Type": "text/xml"}}, "<a/>", "text/xml"),
    ],
)
async def test_each_kind_of_content_is_sent_with_its_type(
    server: str, content: dict[str, Any], text: str, type_: str
) -> None:
    """Unless another type is said."""
    answer = await http_request(f"{server}/echo", "POST", **content)
    assert (answer.text, answer.headers["content-type"]) == (text, type_)


async def test_only_one_kind_of_content_can_be_sent(server: str) -> None:
    """Which counts would be a guess."""
    with pytest.raises(ValueError) as caught:
        await http_request(f"{server}/echo", "POST", json={}, body="")
    assert str(caught.value) == "only one of json, body and form can be sent"


@pytest.mark.parametrize("status", [404, 500])
async def test_a_refusal_is_an_answer_unless_it_must_succeed(server: str, status: int) -> None:
    """Then it is an error that says what was asked and answered."""
    answer = await http_request(f"{server}/status/{status}")
    assert (answer.status, answer.ok, answer.json) == (status, False, None)
    with pytest.raises(HttpFailed) as caught:
        await http_request(f"{server}/status/{status}", must_succeed=True)
    assert str(caught.value).startswith(f"GET {server}/status/{status} answered {status}")


async def test_redirects_are_followed_or_answered(server: str) -> None:
    """As asked for; the answer says where it came from."""
    followed = await http_request(f"{server}/moved")
    assert (followed.json, followed.url) == ({"hello": "moved"}, f"{server}/greeting?name=moved")
    answer = await http_request(f"{server}/moved", follow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (302, "/greeting?name=moved")


async def test_json_that_is_none_is_told_by_its_absence(server: str) -> None:
    """The text is there all the same."""
    answer = await http_request(f"{server}/broken")
    assert (answer.json, answer.text) == (None, '{"a": ')


async def test_an_answer_that_takes_too_long_is_an_error(server: str) -> None:
    """With the time it had, and nothing left open."""
    with pytest.raises(TimeoutError) as caught:
        await http_request(f"{server}/slow", timeout=0.05)
    assert str(caught.value) == f"GET {server}/slow took longer than 0.05 s"
    gc.collect()


async def test_a_cancelled_request_leaves_nothing_open(server: str) -> None:
    """A connection that is collected open would be a warning, and warnings are errors here."""
    with anyio.move_on_after(0.05) as scope:
        await http_request(f"{server}/slow")
    assert scope.cancelled_caught
    gc.collect()


async def test_a_server_that_breaks_off_or_is_not_there_is_an_error(server: str) -> None:
    """Of the kind that any network code raises."""
    with pytest.raises(ConnectionError, match=r"GET .*/drop failed: Server disconnected"):
        await http_request(f"{server}/drop")
    with pytest.raises(ConnectionError, match=r"GET http://127\.0\.0\.1:1 failed: "):
        await http_request("http://127.0.0.1:1")


@pytest.mark.parametrize("url", ["", "no url", "ftp://127.0.0.1/file", "http://host:port"])
async def test_what_is_no_url_is_an_error(url: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ValueError) as caught:
        await http_request(url)
    assert str(caught.value).startswith(f"expected a URL, got {url!r}: ")


async def test_secrets_are_sent_but_not_told(server: str) -> None:
    """In headers, parameters and content they are real, in errors they are masked."""
    key = Secret("hunter2")
    answer = await http_request(f"{server}/headers", headers={"X-Key": key})
    assert answer.json["x-key"] == "hunter2"
    assert (await http_request(f"{server}/query", params={"key": key})).json == {"key": "hunter2"}
    assert (await http_request(f"{server}/echo", "POST", json={"key": key})).json == {"key": "hunter2"}
    with pytest.raises(ConnectionError) as caught:
        await http_request(Secret("http://127.0.0.1:1/hunter2"))
    assert "hunter2" not in str(caught.value)


def test_the_pack_is_imported_without_the_http_client() -> None:
    """It is slow to import, and most workflows need none."""
    program = "import sys, stratagem_std; sys.exit('httpx' in sys.modules)"
    assert run_program([sys.executable, "-c", program], check=False).returncode == 0

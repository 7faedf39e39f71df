"""HTTP requests."""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

import attrs
from anyio import sleep

from stratagem import NOTHING, Context, Example, Nothing, brief
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import action_node, data_node
from stratagem_std import http as std_http
from stratagem_std import json_text

T = TypeVar("T")

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@attrs.frozen(kw_only=True)
class Answer:
    """An answer; ``response_json`` is None where the body is no JSON, ``error`` tells of a status that is no success."""

    response_body: str | Nothing = NOTHING
    response_json: Any = NOTHING
    status_code: int | Nothing = NOTHING
    response_headers: dict[str, Any] | Nothing = NOTHING
    success: bool = True
    error: str = ""


@action_node("HttpRequestNode")
async def http_request(
    context: Context,
    url: Any = "",
    method: Any = "GET",
    headers: Any = None,
    body: Any = None,
    params: Any = None,
    timeout: Any = 30.0,
    verify_ssl: Any = True,
    follow_redirects: Any = True,
    max_redirects: Any = 10,
    content_type: Any = "application/json",
    proxy: Any = "",
    retry_count: Any = 0,
    retry_delay: Any = 1.0,
) -> Answer:
    """Sends a request; a body that is a text is sent as it is, any other as JSON.

    An answer with a status that is no success is told by ``success`` and ``error``. Where there is no answer at all,
    the request is sent again up to ``retry_count`` times, ``retry_delay`` seconds apart.
    """
    verb = coerce.text(method).upper()
    if verb not in METHODS:
        raise ValueError(f"there is no method {brief(method)}; there are {', '.join(METHODS)}")

    async def send() -> std_http.Response:
        return await std_http.http_request(
            coerce.text(url),
            cast(std_http.Method, verb),
            headers=_headers(headers, body, content_type),
            params=texts_of(params),
            timeout=coerce.number(timeout, 30.0),
            follow_redirects=coerce.truth(follow_redirects),
            verify=coerce.truth(verify_ssl),
            max_redirects=coerce.whole(max_redirects, 10),
            proxy=coerce.text(proxy),
            context=context,
            **_content(body),
        )

    return _answer(await retried(send, retry_count, retry_delay))


@data_node(
    "SetHttpHeadersNode",
    outputs=("headers",),
    examples=(
        Example(
            {"header_name": "A", "header_value": 1, "headers_json": '{"B": "2"}'},
            gives={"headers": {"B": "2", "A": "1"}},
        ),
    ),
)
def set_http_headers(
    base_headers: Any = None, header_name: Any = "", header_value: Any = "", headers_json: Any = None
) -> dict[str, str]:
    """The headers of ``base_headers`` and ``headers_json``, and one more by name."""
    headers = {**texts_of(base_headers), **texts_of(headers_json)}
    return {**headers, coerce.text(header_name): coerce.text(header_value)} if header_name else headers


async def retried(act: Callable[[], Awaitable[T]], again: Any, delay: Any) -> T:
    """Return what ``act`` gives.

    Where the network fails it, it is called ``again`` times more, ``delay`` seconds apart.
    """
    for _ in range(max(coerce.whole(again), 0)):
        with suppress(OSError):
            return await act()
        await sleep(max(coerce.number(delay), 0.0))
    return await act()


def texts_of(value: Any) -> dict[str, str]:
    """A table of texts, given as a dict or as JSON; raises ValueError for what is neither."""
    if isinstance(value, str) and value:
        value = json_text.parse(value)
    return {coerce.text(name): coerce.text(content) for name, content in coerce.table(value).items()}


def _headers(headers: Any, body: Any, content_type: Any) -> dict[str, str]:
    given = texts_of(headers)
    says = any(name.lower() == "content-type" for name in given)
    return (
        given
        if says or body in (None, "") or not content_type
        else {**given, "content-type": coerce.text(content_type)}
    )


def _content(body: Any) -> dict[str, Any]:
    if body in (None, ""):
        return {}
    return {"body": body} if isinstance(body, str) else {"json": json.loads(coerce.json_of(body))}


def _answer(answer: std_http.Response) -> Answer:
    data = answer.json
    if data is None:
        with suppress(ValueError):
            data = json_text.parse(answer.text)
    success = 200 <= answer.status < 300
    return Answer(
        response_body=answer.text,
        response_json=data,
        status_code=answer.status,
        response_headers=answer.headers,
        success=success,
        error="" if success else status_text(answer.status),
    )


def status_text(status: int) -> str:
    """A status as text: ``404 Not Found``."""
    phrase = HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else ""
    return f"{status} {phrase}".rstrip()

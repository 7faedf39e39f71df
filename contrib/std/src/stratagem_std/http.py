"""HTTP."""

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from attrs import evolve, frozen

from stratagem import Context, Example, Secret, strict_json
from stratagem_std import json_text
from stratagem_std.as_text import as_text
from stratagem_std.exchange import exchange
from stratagem_std.registry import pack
from stratagem_std.secret_text import holds_secret, plain

if TYPE_CHECKING:
    import httpx

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class HttpFailed(Exception):  # noqa: N818 - named for what happened, as the errors of the kernel are
    """The server answered with a status of 400 or more, and the request had to succeed."""


@frozen
class Response:
    """The answer of the server.

    ``headers`` have small names; ``set-cookie`` is a list with a text for each cookie, those that redirects set first.
    ``text`` is the body by its declared encoding, a byte order mark left out, ``json`` what it stands for where it is
    declared as JSON and is, else None. ``ok`` tells that ``status`` is below 400; ``url`` is where it came from,
    redirects followed.
    """

    status: int
    ok: bool
    headers: dict[str, Any]
    text: str
    json: Any
    url: str


@pack.node(
    examples=(
        Example(
            {"url": "{{ server }}/greeting", "params": {"name": "Ada"}},
            {"status": 200, "ok": True, "json": {"hello": "Ada"}},
            variables={"server": "http://localhost:8000"},
        ),
        Example(
            {"method": "POST", "url": "{{ server }}/echo", "json": {"id": 7}},
            {"status": 200, "text": '{"id": 7}'},
            variables={"server": "http://localhost:8000"},
        ),
    ),
)
async def http_request(
    url: str,
    method: Method = "GET",
    headers: dict[str, Any] | None = None,
    params: dict[str, Any] | None = None,
    json: Any = None,
    body: str | None = None,
    form: dict[str, Any] | None = None,
    timeout: float = 30.0,
    follow_redirects: bool = True,
    verify: bool = True,
    must_succeed: bool = False,
    max_redirects: int = 20,
    proxy: str = "",
    context: Context | None = None,
) -> Response:
    """Sends an HTTP request and gives the answer, whatever its status.

    The URL is sent as it is written. ``params`` are added to it, in place of its own of the same names; a list stands
    for a parameter that is there several times. A ``Cookie`` of ``headers`` goes on to where the same server redirects,
    and to no other one. At most one of ``json``,
    ``body`` (text) and ``form`` (fields of a form) is sent. ``timeout`` is in seconds, for the whole exchange.
    ``verify`` false accepts any certificate, ``proxy`` is the URL of one. With ``must_succeed`` a status of 400 or more
    raises HttpFailed. Raises TimeoutError, and ConnectionError where the server can't be reached, breaks off, or
    redirects too often. Nothing is tried again: give the step a ``retry`` where the request may be repeated.
    """
    content, type_ = _content(json, body, form)
    how: dict[str, Any] = {"verify": verify, "follow_redirects": follow_redirects, "max_redirects": max_redirects}
    trace = context.trace_headers() if context is not None else None
    async with exchange(method, url, timeout=timeout, proxy=proxy, headers=trace, **how) as client:
        import httpx  # here, because it is slow to import and most workflows need none

        given = httpx.Headers(type_)
        given.update(_texts(headers))
        target = with_params(httpx.URL(plain(url)), _texts(params))
        answer = await client.request(method, target, headers=given, **content)
    if must_succeed and answer.is_error:
        raise HttpFailed(f"{method} {url} answered {answer.status_code} {answer.reason_phrase}".rstrip())
    return evolve(_response(answer), url=Secret(str(answer.url))) if holds_secret([url, params]) else _response(answer)


def _content(json: Any, body: str | None, form: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the client is to send, and the headers that say what it is."""
    if sum(given is not None for given in (json, body, form)) > 1:
        raise ValueError("only one of json, body and form can be sent")
    if json is not None:
        return {"content": plain(json_text.dump(json)).encode()}, {"content-type": "application/json"}
    if body is not None:
        return {"content": plain(body).encode()}, {"content-type": "text/plain; charset=utf-8"}
    return ({} if form is None else {"data": _texts(form)}), {}


def is_json(media_type: str) -> bool:
    """Return whether a media type, however it is written, is that of JSON or of something written in it."""
    subtype = media_type.partition(";")[0].strip().lower().rpartition("/")[2]
    return subtype in ("json", "x-json") or subtype.endswith("+json")


def with_params(url: "httpx.URL", params: dict[str, Any]) -> "httpx.URL":
    """The URL with parameters added to those it has, which stay as they are written unless they have the same names."""
    import httpx

    if not params:
        return url
    own = url.query.decode("ascii").split("&") if url.query else []
    kept = [part for part in own if unquote_plus(part.partition("=")[0]) not in params]
    return url.copy_with(query="&".join([*kept, str(httpx.QueryParams(params))]).encode("ascii"))


def _texts(values: dict[str, Any] | None) -> dict[str, Any]:
    """The values as text, those of lists one by one."""
    return {plain(name): _texts_in(value) for name, value in (values or {}).items()}


def _texts_in(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [plain(as_text(item)) for item in value]
    return plain(as_text(value))


def _response(answer: "httpx.Response") -> Response:
    text = answer.text.removeprefix(strict_json.MARK)
    found = _json_in(answer, text)
    return Response(answer.status_code, not answer.is_error, headers_of(answer), text, found, str(answer.url))


def headers_of(answer: "httpx.Response") -> dict[str, Any]:
    """The headers by small names, where ``set-cookie`` is a list: in one text, cookies could not be told apart."""
    from stratagem_std.redirects import set_cookies

    cookies = set_cookies(answer)
    return {**answer.headers, "set-cookie": cookies} if cookies else {**answer.headers}


def _json_in(answer: "httpx.Response", text: str) -> Any:
    if not is_json(answer.headers.get("content-type", "")):
        return None
    try:
        return json_text.parse(text)
    except ValueError:
        return None

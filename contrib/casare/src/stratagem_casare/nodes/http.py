"""HTTP requests."""

import json
from typing import Any

import attrs

from stratagem.nodes import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack


@attrs.frozen
class Response:
    """An answer; ``response_json`` is None where the body is no JSON, ``error`` tells of a status from 400."""

    response_body: str
    response_json: Any
    status_code: int
    response_headers: dict[str, str]
    success: bool
    error: str


@pack.node("HttpRequestNode")
async def http_request(
    url: Any,
    method: str = "GET",
    headers: Any = None,
    body: Any = None,
    params: Any = None,
    timeout: Any = 30.0,
    verify_ssl: Any = True,
    follow_redirects: Any = True,
    max_redirects: Any = 10,
) -> Response:
    """Sends a request; a body that is a text is sent as it is, any other as JSON.

    An answer with a status from 400 is no failure of the node: see ``success``. No answer at all is.
    """
    import httpx  # here, so that flows without requests need not wait for it

    content = {"content": body} if isinstance(body, (str, bytes)) else {"json": body}
    async with httpx.AsyncClient(
        verify=coerce.truth(verify_ssl),
        follow_redirects=coerce.truth(follow_redirects),
        max_redirects=coerce.whole(max_redirects, 10),
        timeout=coerce.number(timeout, 30.0),
    ) as client:
        answer = await client.request(
            method.upper(),
            coerce.text(url),
            headers=_texts(headers),
            params=_texts(params),
            **(content if body not in (None, "") else {}),
        )
    return _response(answer)


@pack.node(
    "SetHttpHeadersNode",
    effect="pure",
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
    headers = {**_texts(base_headers), **_texts(headers_json)}
    return {**headers, coerce.text(header_name): coerce.text(header_value)} if header_name else headers


def _texts(value: Any) -> dict[str, str]:
    if isinstance(value, str) and value:
        value = json.loads(value)
    return {coerce.text(name): coerce.text(content) for name, content in coerce.table(value).items()}


def _response(answer: Any) -> Response:
    try:
        data = answer.json()
    except ValueError:
        data = None
    error = "" if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"
    return Response(answer.text, data, answer.status_code, dict(answer.headers), answer.is_success, error)

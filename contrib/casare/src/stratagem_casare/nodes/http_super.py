"""One node that does everything with HTTP, by its ``action``."""

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import anyio
import attrs

from stratagem import NOTHING, BadInput, Context, Nothing, brief, nearest, strict_json
from stratagem_casare import coerce
from stratagem_casare.nodes.http import http_request, status_text, texts_of
from stratagem_casare.nodes.http_files import http_download
from stratagem_casare.nodes.lenient import action_node
from stratagem_casare.storage import existing, path_of
from stratagem_std.exchange import exchange
from stratagem_std.http import headers_of
from stratagem_std.secret_text import kept, plain, revealed

_REQUESTS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ACTIONS: Final = (*(f"{method} Request" for method in _REQUESTS), "Download File", "Upload File", "Configure Auth")


@attrs.frozen(kw_only=True)
class Outcome:
    """The outputs of all actions; those that belong to other ones are not given."""

    response_body: str | Nothing = NOTHING
    response_json: Any = NOTHING
    status_code: int | Nothing = NOTHING
    response_headers: dict[str, Any] | Nothing = NOTHING
    file_path: str | Nothing = NOTHING
    file_size: int | Nothing = NOTHING
    auth_headers: dict[str, str] | Nothing = NOTHING
    success: bool = True
    error: str = ""


@action_node("HTTPSuperNode")
@action_node("HttpSuperNode")
async def http_super(
    context: Context,
    action: Any = "GET Request",
    url: Any = "",
    headers: Any = None,
    params: Any = None,
    body: Any = None,
    content_type: Any = "application/json",
    timeout: Any = 30.0,
    retry_count: Any = 0,
    verify_ssl: Any = True,
    save_path: Any = "",
    create_dirs: Any = True,
    overwrite: Any = False,
    file_path: Any = "",
    field_name: Any = "file",
    extra_fields: Any = None,
    auth_type: Any = "bearer",
    token: Any = "",
    username: Any = "",
    password: Any = "",
    header_name: Any = "X-API-Key",
) -> Outcome:
    """Does what ``action`` says: a request (``GET`` or ``GET Request`` …), ``Download File``, ``Upload File``,
    or ``Configure Auth``, with the inputs that belong to it.
    """
    chosen = _chosen(action)
    common = {"url": url, "headers": headers, "timeout": timeout, "verify_ssl": verify_ssl}
    if chosen == "Configure Auth":
        return Outcome(auth_headers=_auth(coerce.text(auth_type), token, username, password, coerce.text(header_name)))
    if chosen == "Upload File":
        return await _upload(
            context, existing(path_of(context, file_path)), coerce.text(field_name), extra_fields, **common
        )
    if chosen == "Download File":
        more = {"overwrite": overwrite, "create_dirs": create_dirs, "retry_count": retry_count}
        return _of(await http_download(context, save_path=save_path, **more, **common))
    more = {"params": params, "body": body, "content_type": content_type, "retry_count": retry_count}
    return _of(await http_request(context, method=chosen.partition(" ")[0], **more, **common))


def _chosen(action: Any) -> str:
    wanted = coerce.text(action)
    wanted = f"{wanted.upper()} Request" if wanted.upper() in _REQUESTS else wanted
    if wanted not in _ACTIONS:
        hint = nearest(wanted, _ACTIONS) or f"There are {', '.join(_ACTIONS)}."
        raise BadInput(f"there is no action {brief(action)}", key="action", hint=hint)
    return wanted


def _of(done: Any) -> Outcome:
    return Outcome(**attrs.asdict(done, recurse=False))


async def _upload(
    context: Context,
    file: Path,
    field: str,
    extra_fields: Any,
    *,
    url: Any,
    headers: Any,
    timeout: Any,
    verify_ssl: Any,
) -> Outcome:
    content = await anyio.Path(file).read_bytes()
    given, fields = revealed(texts_of(headers)), revealed(texts_of(extra_fields))
    how: dict[str, Any] = {"timeout": coerce.number(timeout, 30.0), "verify": coerce.truth(verify_ssl)}
    how["headers"] = context.trace_headers()
    async with exchange("POST", coerce.text(url), **how) as client:
        answer = await client.post(
            plain(coerce.text(url)),
            headers=given,
            data=fields,
            files={plain(field): (file.name, content)},
        )
    return Outcome(
        response_body=answer.text.removeprefix(strict_json.MARK),
        status_code=answer.status_code,
        response_headers=headers_of(answer),
        success=answer.is_success,
        error="" if answer.is_success else status_text(answer.status_code),
    )


def _auth(type_: str, token: Any, username: Any, password: Any, header_name: str) -> dict[str, str]:
    if type_ == "basic":
        login = f"{plain(coerce.text(username))}:{plain(coerce.text(password))}".encode()
        return {"Authorization": kept(f"Basic {b64encode(login).decode()}", username, password)}
    if type_ not in ("bearer", "api_key"):
        raise BadInput(f"there is no {brief(type_)}; there are bearer, basic, api_key", key="auth_type")
    own = plain(coerce.text(token))
    return {"Authorization": kept(f"Bearer {own}", token)} if type_ == "bearer" else {header_name: kept(own, token)}

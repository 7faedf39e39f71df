"""HTTP: files fetched from servers, and sent to them."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import attrs
from anyio import to_thread

from stratagem import NOTHING, Context, Nothing, atomic, is_stream
from stratagem_casare import coerce
from stratagem_casare.nodes.http import retried, status_text, texts_of
from stratagem_casare.nodes.lenient import action_node
from stratagem_casare.storage import path_of
from stratagem_std.exchange import exchange
from stratagem_std.secret_text import plain, revealed


@attrs.frozen(kw_only=True)
class Fetched:
    """A file fetched, and its size in bytes."""

    file_path: str | Nothing = NOTHING
    file_size: int | Nothing = NOTHING
    success: bool = True
    error: str = ""


@action_node("HttpDownloadFileNode")
async def http_download(
    context: Context,
    url: Any = "",
    save_path: Any = "",
    headers: Any = None,
    timeout: Any = 300.0,
    overwrite: Any = True,
    verify_ssl: Any = True,
    proxy: Any = "",
    retry_count: Any = 0,
    retry_delay: Any = 2.0,
    chunk_size: Any = 8192,
    create_dirs: Any = True,
    allow_internal_urls: Any = False,
) -> Fetched:
    """Fetches a file, whole or not at all; an answer with a status that is no success is none."""
    path = path_of(context, save_path)
    if path.exists() and not is_stream(path) and not coerce.truth(overwrite):
        raise FileExistsError(f"{path} exists; set overwrite to replace it")
    if coerce.truth(create_dirs):
        path.parent.mkdir(parents=True, exist_ok=True)
    how: dict[str, Any] = {
        "timeout": coerce.number(timeout, 300.0),
        "verify": coerce.truth(verify_ssl),
        "proxy": coerce.text(proxy),
    }
    how["headers"] = context.trace_headers()
    chunk = max(coerce.whole(chunk_size, 8192), 1)

    async def fetch() -> int:
        return await _fetch(coerce.text(url), path, texts_of(headers), chunk, how)

    size = await retried(fetch, retry_count, retry_delay)
    return Fetched(file_path=str(path), file_size=size)


async def _fetch(url: str, path: Path, headers: dict[str, str], chunk: int, how: dict[str, Any]) -> int:
    real = revealed(headers)
    async with exchange("GET", url, **how) as client, client.stream("GET", plain(url), headers=real) as answer:
        if not answer.is_success:
            raise ConnectionError(f"GET {url} answered {status_text(answer.status_code)}")
        async with _threaded(atomic.beside(path)) as draft:
            async with await anyio.open_file(draft, "wb") as file:
                async for part in answer.aiter_bytes(chunk):
                    await file.write(part)
            return draft.stat().st_size


@asynccontextmanager
async def _threaded(files: AbstractContextManager[Path]) -> AsyncIterator[Path]:
    """The context, entered and left in threads: a pipe may wait long for its reader."""
    with ExitStack() as stack:
        yield await to_thread.run_sync(stack.enter_context, files)
        await to_thread.run_sync(stack.pop_all().close, abandon_on_cancel=True)

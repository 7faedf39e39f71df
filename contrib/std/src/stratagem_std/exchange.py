"""One exchange with a web server, whose errors are those of any network code."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from anyio import fail_after, to_thread

from stratagem_std.secret_text import plain

if TYPE_CHECKING:
    from ssl import SSLContext

    import httpx


@asynccontextmanager
async def exchange(
    method: str,
    url: str,
    *,
    timeout: float,
    verify: bool = True,
    follow_redirects: bool = True,
    max_redirects: int = 20,
    proxy: str = "",
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator["httpx.AsyncClient"]:
    """A client for what is sent and read in this context, all of it within ``timeout`` seconds.

    ``method`` and ``url`` are for messages. ``verify`` false accepts any certificate. ``headers`` are sent with each
    request that does not have its own.

    Raises:
        TimeoutError: it took longer.
        ValueError: ``url`` is none.
        ConnectionError: the server can't be reached, breaks off, or redirects too often.
    """
    import httpx  # here, because it is slow to import and most workflows need none

    from stratagem_std.redirects import Client

    trust = await to_thread.run_sync(_trust, verify)
    try:
        with fail_after(timeout):
            async with Client(
                verify=trust,
                timeout=None,
                follow_redirects=follow_redirects,
                max_redirects=max_redirects,
                proxy=plain(proxy) or None,
                headers=headers,
            ) as client:
                yield client
    except TimeoutError:
        raise TimeoutError(f"{method} {url} took longer than {timeout:g} s") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ValueError(f"expected a URL, got {url!r}: {error}") from None
    except httpx.HTTPError as error:
        raise ConnectionError(f"{method} {url} failed: {str(error) or type(error).__name__}") from error


def _trust(verify: bool) -> "SSLContext":
    """Return how servers are verified; who comes while it is made waits for it, in place of making another one."""
    with _MAKING:
        return _made(verify)


@cache
def _made(verify: bool) -> "SSLContext":
    """The same for all: reading all the authorities' certificates takes long."""
    import httpx

    return httpx.create_ssl_context(verify=verify)


_MAKING: Final = Lock()

"""Files from and to a page: downloads and uploads."""

from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from anyio import CancelScope, current_time, move_on_after
from attrs import frozen

from stratagem import Context, atomic, run_in_thread
from stratagem_std.paths import resolved, writable
from stratagem_std.secret_text import plain
from stratagem_web.api import Page
from stratagem_web.diagnosis import PATIENCE
from stratagem_web.elements import FrameSelector, element
from stratagem_web.errors import NavigationFailed, WaitTimeout
from stratagem_web.going import going
from stratagem_web.limits import ms, within
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector
from stratagem_web.telling import telling

if TYPE_CHECKING:
    from playwright.async_api import Download

_INSTANT = 0.001


@frozen
class Downloaded:
    """A file that was saved: its path, its name there, its size in bytes, and the address it came from."""

    path: str
    name: str
    size: int
    url: str


@page_node(
    writes=("file:*",),
    examples=(
        on_page(
            "download",
            {"selector": "#list", "folder": "downloads"},
            {"path": "downloads/prices.csv", "name": "prices.csv", "size": 40},
        ),
        on_page("download", {"url": "{{ site }}/prices.csv", "name": "p.csv"}, {"path": "p.csv"}),
    ),
)
async def download(
    page: Page,
    context: Context,
    selector: Selector = "",
    url: str = "",
    folder: str = "",
    name: str = "",
    overwrite: bool = True,
    frame: FrameSelector = "",
    timeout: float = 60.0,
) -> Downloaded:
    """Clicks what starts a download, or opens its URL, and saves the file in a folder, whole or not at all.

    ``name`` is the file's name there; left out, what the server calls it. ``timeout`` is for all of it, in seconds.
    """
    if bool(selector) == bool(url):
        raise ValueError("give either the selector of what starts the download, or its url")
    end = current_time() + timeout
    started = await _started(page, selector, url, frame, timeout)
    try:
        file = await _finished(started, selector or f"{url}", max(end - current_time(), _INSTANT))
        called = plain(name) or _safe(started.suggested_filename)
        path = str(PurePosixPath(plain(folder), called)) if folder else called
        target = writable(path, context, overwrite, parents=True)
        size = await run_in_thread(_saved, Path(file), target)
    except BaseException:
        with CancelScope(shield=True), move_on_after(PATIENCE):
            await _dropped(started)
        raise
    return Downloaded(path, called, size, started.url)


@page_node(
    reads=("file:*",),
    idempotent=True,
    examples=(
        on_page("upload", {"selector": "#file", "paths": "notes.txt"}, {"names": ["notes.txt"]}, start="form.html"),
    ),
    outputs=("names",),
)
async def upload(
    page: Page,
    selector: Selector,
    paths: str | list[str],
    context: Context,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> list[str]:
    """Chooses the files of a file field, or of what opens the choice of files; gives their names.

    An empty list takes out what was chosen. Raises FileNotFoundError, with all that are missing.
    """
    files = [resolved(path, context) for path in ([paths] if isinstance(paths, str) else paths)]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise FileNotFoundError(f"there is no file {', '.join(missing)}")
    async with element(page, selector, frame) as found:
        if await found.evaluate("at => at.matches('input[type=file]')", timeout=ms(timeout)):
            await found.set_input_files(files, timeout=ms(timeout))
        else:
            with within(timeout, f"opening the choice of files by {selector!r}"):
                async with page.expect_file_chooser(timeout=2 * ms(timeout)) as chooser:
                    await found.click(timeout=ms(timeout))
                await (await chooser.value).set_files(files, timeout=ms(timeout))
    return [file.name for file in files]


async def _started(page: Page, selector: str, url: str, frame: FrameSelector, timeout: float) -> "Download":
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    what = repr(selector) if selector else f"{url}"
    async with telling(f"starting a download by {what}", timeout + PATIENCE):
        try:
            async with page.expect_download(timeout=ms(timeout)) as coming:
                if selector:
                    async with element(page, selector, frame) as found:
                        await found.click(timeout=ms(timeout))
                else:
                    await _opened(page, url, timeout)
            return await coming.value
        except PlaywrightTimeout as error:
            raise WaitTimeout(f"{what} started no download within {timeout:g} s; the page is {page.url}") from error


def _saved(file: Path, target: Path) -> int:
    """Copies the file, and gives its size in bytes; what it is copied to may have none."""
    atomic.copy(file, target)
    return file.stat().st_size


async def _opened(page: Page, url: str, timeout: float) -> None:
    """Opens what should be a download: that it is one ends the opening. Raises NavigationFailed for what can't be reached."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    try:
        await going(page, f"{url}", "commit", lambda: page.goto(plain(url), wait_until="commit", timeout=ms(timeout)))
    except NavigationFailed as error:
        begun = "Download is starting" in str(error.__cause__) or "ERR_ABORTED" in str(error.__cause__)
        if not (begun or isinstance(error.__cause__, PlaywrightTimeout)):  # who waits for the download tells of that
            raise


async def _finished(started: "Download", what: str, timeout: float) -> str:
    """Return where the browser keeps the whole file."""
    async with telling(f"the download from {what}", timeout):
        return str(await started.path())


async def _dropped(started: "Download") -> None:
    from playwright.async_api import Error

    with suppress(Error):  # its page may be gone, and the download with it
        await started.cancel()


def _safe(name: str) -> str:
    """The last part of a name that a server chose: it must not lead out of the folder."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return last if last.strip(". ") else "download"

"""Pages from the pool, beside browsers and contexts that are launched and made by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from statistics import median
from time import perf_counter

import anyio
from attrs import evolve
from playwright.async_api import Browser

from page_pool import NO_BROWSER, SETTINGS, until
from rough_site import SLOW, served
from stratagem_bench.figures import Absent, Figure, Finding, Findings
from stratagem_bench.page_flows import TITLE, Warm, by_hand, flow, launch_for_each, launched, program, warm
from stratagem_browser import best

ACQUIRE, ASKED, LAUNCH, PROCESS, COLD, RECOVERY, CONCURRENT, UNFAIR = (
    1 / 200,
    1 / 4,
    1 / 3,
    1 / 8,
    1.10,
    2.0,
    1 / 1.5,
    2.0,
)
ROUNDS = 9

IDLE = 0.3
"""Seconds that a page is ready before it is acquired: after so many it is asked first, unless the settings trust it longer."""


def measure(budget: float) -> Findings:
    """Every figure of pages; it takes as long as its rounds do, about a minute and a half."""
    if best() is None:
        yield Absent("pages", NO_BROWSER)
        return
    yield from anyio.run(_all)


async def _all() -> list[Finding]:
    async with served() as site:
        return [finding async for finding in _figures(site.address)]


async def _figures(url: str) -> AsyncIterator[Finding]:
    async with by_hand() as playwright, warm(url) as kernel, warm(url, evolve(SETTINGS, check_after=60.0)) as trusting:
        browser = await launched(playwright.chromium)
        launch = partial(launch_for_each, playwright.chromium, url)
        process = partial(_process, program(url))
        times: dict[str, list[float]] = {
            name: [] for name in ("build", "acquire", "asked", "kernel", "launch", "process", "dead")
        }
        for _ in range(ROUNDS):
            times["build"].append(await _built(browser))
            times["acquire"].append(await _acquired(trusting, 0.0))
            times["asked"].append(await _acquired(kernel, IDLE))
            times["kernel"].append(await _timed(kernel.run, kernel.ready))
            times["launch"].append(await _timed(launch))
            times["process"].append((await process())[1])
        for _ in range(ROUNDS):
            times["dead"].append(await _timed(kernel.run, partial(_kill, kernel)))
            await kernel.ready()
        await browser.close()
    took = {name: median(each) for name, each in times.items()}
    shown = {name: f"{seconds * 1e3:.3g} ms" for name, seconds in took.items()}
    detail = f"{shown['acquire']}, context and page {shown['build']}"
    yield Figure("pages, warm acquire", took["acquire"] / took["build"], "× context and page", ACQUIRE, detail)
    detail = f"{shown['asked']}, context and page {shown['build']}; a page that was ready for a while is asked first"
    yield Figure("pages, warm acquire, asked", took["asked"] / took["build"], "× context and page", ASKED, detail)
    detail = f"{shown['kernel']}, launching for each {shown['launch']}"
    yield Figure("pages, flow on a warm kernel", took["kernel"] / took["launch"], "× launch for each", LAUNCH, detail)
    detail = f"{shown['kernel']}, a process for each {shown['process']}"
    yield Figure(
        "pages, flow on a warm kernel, process", took["kernel"] / took["process"], "× process for each", PROCESS, detail
    )
    detail = f"{shown['dead']}, launching {shown['launch']}"
    yield Figure("pages, after kill -9", took["dead"] / took["launch"], "× launch to page", RECOVERY, detail)
    async for figure in _cold(url):
        yield figure
    yield await _concurrent(url + "/slow", f"{SLOW:g} s", CONCURRENT)
    yield await _concurrent(url, "no time", None)
    yield await _fair(url)


async def _timed(call: Callable[[], Awaitable[str]], before: Callable[[], Awaitable[None]] | None = None) -> float:
    if before is not None:
        await before()
    begun = perf_counter()
    found = await call()
    taken = perf_counter() - begun
    assert found == TITLE
    return taken


async def _built(browser: Browser) -> float:
    begun = perf_counter()
    context = await browser.new_context()
    await context.new_page()
    taken = perf_counter() - begun
    await context.close()
    return taken


async def _acquired(kernel: Warm, idle: float) -> float:
    pool = kernel.opened.pool
    key = kernel.opened.key()
    await kernel.ready()
    await asyncio.sleep(idle)
    begun = perf_counter()
    lease = await pool.acquire(key)
    taken = perf_counter() - begun
    pool.give_back(lease)
    return taken


async def _kill(kernel: Warm) -> None:
    """Ends the browser, and waits until that is known: a run that began before would fail."""
    chrome = kernel.opened.chrome
    chrome.process.kill()
    await until(lambda: chrome.gone)


async def _process(command: list[str]) -> tuple[float, float]:
    """Seconds until a program has printed the title, and until it has ended."""
    begun = perf_counter()
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    line = await child.stdout.readline()
    first = perf_counter() - begun
    await child.wait()
    assert line.decode().strip() == TITLE
    return first, perf_counter() - begun


async def _cold(url: str) -> AsyncIterator[Figure]:
    """A script launches its browser at once: so does a kernel that is told to, and one that isn't finds out first."""
    programs = {launch: program(url, launch=launch) for launch in (None, "start", "demand")}
    seconds: dict[str | None, list[float]] = {launch: [] for launch in programs}
    for _ in range(2 * ROUNDS):
        for launch, command in programs.items():
            seconds[launch].append((await _process(command))[0])
    hand = median(seconds[None])
    for launch, target in (("start", COLD), ("demand", None)):
        kernel = median(seconds[launch])
        detail = f"{kernel * 1e3:.0f} ms, plain script {hand * 1e3:.0f}; the browser is launched on {launch}"
        yield Figure(f"pages, first result, {launch}", kernel / hand, "× plain script", target, detail)


async def _concurrent(url: str, takes: str, target: float | None, width: int = 5, each: int = 4) -> Figure:
    """The same number of runs, five at a time and one at a time."""
    async with warm(url, evolve(SETTINGS, size=width, warm=1)) as kernel:

        async def one_after_the_other(count: int) -> None:
            for _ in range(count):
                await kernel.run()

        seconds: dict[int, list[float]] = {1: [], width: []}
        for _ in range(3):
            for at_once in seconds:
                await kernel.ready()
                begun = perf_counter()
                await asyncio.gather(*(one_after_the_other(width * each // at_once) for _ in range(at_once)))
                seconds[at_once].append(perf_counter() - begun)
    single, several = (width * each / median(seconds[at_once]) for at_once in (1, width))
    detail = f"{several:.1f} pages a second, one at a time {single:.1f}; the server takes {takes}"
    return Figure(f"pages, {width} at a time, {takes}", single / several, "× time of one at a time", target, detail)


async def _fair(url: str, runs: int = 6, steps: int = 5) -> Figure:
    """Runs that want pages at the same time, of which there are two."""
    async with warm(url, evolve(SETTINGS, size=2)) as kernel:
        plan = kernel.opened.kernel.compile(flow(url, steps))
        worst, waits = 0.0, [0.0]
        for _ in range(3):
            results = await asyncio.gather(*(kernel.opened.kernel.run(plan) for _ in range(runs)))
            found = [each.raise_for_error().metrics["resource.wait{kind=browser}"].total for each in results]
            if max(found) / median(found) > worst:
                worst, waits = max(found) / median(found), found
    detail = f"{runs} runs share 2 pages; waited {min(waits):.2f} to {max(waits):.2f} s"
    return Figure("pages, longest wait of a run", worst, "× median", UNFAIR, detail)

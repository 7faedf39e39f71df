"""Keys: what a request's labels ask for, and by what pages that are ready for one are told from others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from stratagem import ResourceRequest, ResourceUnavailable, read_regular, shown, strict_json

OPTIONS: Final = (
    "viewport", "screen", "no_viewport", "device_scale_factor", "is_mobile", "has_touch", "user_agent", "locale",
    "timezone_id", "geolocation", "permissions", "extra_http_headers", "offline", "http_credentials",
    "ignore_https_errors", "bypass_csp", "java_script_enabled", "color_scheme", "reduced_motion", "forced_colors",
    "contrast", "proxy", "base_url", "strict_selectors", "service_workers", "storage_state",
)  # fmt: skip
"""Those of Playwright's `Browser.new_context` that may be set; the config's under ``context``, a request's as labels."""

LABELS: Final = (*OPTIONS, "headless", "channel", "alone", "device", "open", "state")


@frozen
class Launch:
    """The launch options that browsers are told apart by; one that is ``alone`` has a single page."""

    headless: bool
    channel: str | None
    alone: bool = False


@frozen
class PageKey:
    """Pages with equal keys are ready for the same requests.

    ``digest`` stands for ``options`` in comparisons and messages, so that no password is seen there. ``state`` is the
    name that the state is kept under after the lease.
    """

    launch: Launch
    digest: str
    open: str | None
    state: str | None
    session: str | None
    device: str | None
    options: Mapping[str, Any] = field(eq=False, repr=False)


def key_of(request: ResourceRequest, base: Mapping[str, Any], launch: Launch, snapshot: Any) -> PageKey:
    """The key of a request whose labels are all among `LABELS`.

    Args:
        base: context options that the config sets; labels come before them.
        launch: the config's.
        snapshot: the state that is kept under the request's name for it, if any.

    Raises:
        ResourceUnavailable: a label has no value that can be used.
    """
    labels = dict(request.labels)
    headless, alone = (_flag(request, labels, name) for name in ("headless", "alone"))
    wanted = Launch(
        launch.headless if headless is None else headless, labels.pop("channel", None) or launch.channel, bool(alone)
    )
    open_, state, device = (labels.pop(name, None) for name in ("open", "state", "device"))
    options = plain(request.kind, {**base, **labels})
    if isinstance(options.get("storage_state"), str):
        options["storage_state"] = _read(request.kind, options["storage_state"])
    if snapshot is not None:
        options["storage_state"] = snapshot
    return PageKey(wanted, digest_of(options), open_, state, request.session, device, options)


def plain(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as plain data, secrets among them revealed; raises ResourceUnavailable for anything else."""
    try:
        found: dict[str, Any] = json.loads(json.dumps(options))
    except (TypeError, ValueError) as error:
        raise unusable(kind, f"must be plain data, got {shown(_culprit(options))}: {error}") from error
    return found


def _culprit(options: Mapping[str, Any]) -> Any:
    """Return the first value that is no plain data; all, where it takes several to be none."""
    for value in options.values():
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            return value
    return options


def digest_of(options: Mapping[str, Any]) -> str:
    """Equal for equal options."""
    return hashlib.sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()[:16]


def unusable(kind: str, what: str) -> ResourceUnavailable:
    """The error for labels that can't be met, however often it is tried."""
    return ResourceUnavailable(f"the labels of a {kind!r} {what}", retryable=False)


def _flag(request: ResourceRequest, labels: dict[str, Any], name: str) -> bool | None:
    wanted = labels.pop(name, None)
    if not (wanted is None or isinstance(wanted, bool)):
        what = f"expected true or false for {name} in the labels of a {request.kind!r}, got {wanted!r}"
        raise ResourceUnavailable(what, retryable=False)
    return wanted


MOST_STATE_BYTES: Final = 64 * 1024 * 1024
"""The largest storage state that is read."""


def _read(kind: str, path: str) -> Any:
    """A storage state that was saved in a file."""
    try:
        return strict_json.parse(read_regular(path, MOST_STATE_BYTES).decode())
    except (OSError, ValueError) as error:
        raise unusable(kind, f"name the storage state {path!r}, which can't be read: {error}") from error

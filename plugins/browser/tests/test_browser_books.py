"""Keys tell apart what is different and show no secrets; the ledger takes nobody's context away; states grow old."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import ResourceRequest, ResourceUnavailable, Secret
from stratagem_browser.keys import Launch, PageKey, key_of
from stratagem_browser.ledger import Ledger
from stratagem_browser.states import MOST, StateCache

LAUNCH = Launch(headless=True, channel=None)


def key(base: dict[str, Any] | None = None, snapshot: Any = None, **labels: Any) -> PageKey:
    return key_of(ResourceRequest("browser", labels), base or {}, LAUNCH, snapshot)


def test_equal_requests_have_equal_keys() -> None:
    """In whatever order the labels stand; those of the request come before those of the config."""
    assert key(locale="de-DE", is_mobile=True) == key(is_mobile=True, locale="de-DE")
    assert key({"locale": "de-DE"}) == key(locale="de-DE") == key({"locale": "fr-FR"}, locale="de-DE")
    assert hash(key(locale="de-DE")) == hash(key(locale="de-DE"))


def test_what_differs_has_another_key() -> None:
    """Options, launch, address, state, session, snapshot."""
    keys = [
        key(),
        key(locale="de-DE"),
        key(headless=False),
        key(channel="chrome"),
        key(alone=True),
        key(open="http://127.0.0.1/"),
        key(state="login"),
        key(state="login", snapshot={"cookies": []}),
        key_of(ResourceRequest("browser", session="crm"), {}, LAUNCH, None),
    ]
    assert len(set(keys)) == len(keys)


def test_a_secret_reaches_the_browser_and_no_message() -> None:
    """The options have it in the clear, the key shows nothing of it."""
    found = key(http_credentials={"username": "ada", "password": Secret("hunter2")})
    assert found.options["http_credentials"]["password"] == "hunter2"
    assert type(found.options["http_credentials"]["password"]) is str
    assert "hunter2" not in repr(found)
    assert "ada" not in repr(found)


@pytest.mark.parametrize("labels", [{"headless": "yes"}, {"alone": 1}, {"viewport": {1, 2}}])
def test_a_label_of_the_wrong_kind_is_refused(labels: dict[str, Any]) -> None:
    """For good: it would be no better at the next try."""
    with pytest.raises(ResourceUnavailable) as caught:
        key(**labels)
    assert not caught.value.retryable


def test_a_state_is_kept_for_its_time() -> None:
    """As it was last put; not a second longer; and no more of them than may be."""
    now = 0.0
    cache = StateCache(ttl=10.0, clock=lambda: now)
    cache.put("a", {"n": 1})
    cache.put("a", {"n": 2})
    now = 9.9
    assert cache.get("a") == {"n": 2}
    now = 10.0
    assert cache.get("a") is None
    for number in range(MOST + 1):
        cache.put(str(number), {"n": number})
    assert cache.get("0") is None
    assert cache.get("1") == {"n": 1}


Event = tuple[str, int]
EVENTS = st.lists(
    st.tuples(st.sampled_from(["make", "made", "cancel", "lend", "give_back", "guest", "look"]), st.integers(0, 3)),
    max_size=40,
)


@settings(max_examples=examples(200))
@given(events=EVENTS)
def test_no_context_is_an_orphan_while_somebody_may_wait_for_it(events: list[Event]) -> None:
    """Contexts under way, and those that a step has made while its lease is open, are spared; all others are found."""
    books = Books()
    for what, number in events:
        books.now += 1
        getattr(books, what)(number)
    books.now += 1
    books.finish()
    assert set(books.left) == set(books.orphans())


class Books:
    """A ledger, and what a browser would hold beside it. A number is a place for a create or a lease."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.now = 0.0
        self.creates: dict[int, Any] = {}
        self.under_way: dict[int, str] = {}
        self.guests: dict[str, int] = {}
        self.left: set[str] = set()
        self.count = 0

    def make(self, number: int) -> None:
        """A create begins, and the browser has its context."""
        if number not in self.creates:
            self.creates[number] = self.ledger.making(self.now)
            self.creates[number].__enter__()
            self.count += 1
            self.under_way[number] = f"context {self.count}"

    def made(self, number: int) -> None:
        """A create ends well: the context is a tab's, and no stranger."""
        if number in self.creates:
            self.creates.pop(number).__exit__(None, None, None)
            del self.under_way[number]

    def cancel(self, number: int) -> None:
        """A create is cancelled: the context stays."""
        if number in self.creates:
            self.creates.pop(number).__exit__(None, None, None)
            self.left.add(self.under_way.pop(number))

    def lend(self, number: int) -> None:
        self.ledger.lent.setdefault(number, self.now)

    def guest(self, number: int) -> None:
        """A step that holds a lease makes a context by itself."""
        if number in self.ledger.lent:
            self.count += 1
            self.guests[f"guest {self.count}"] = number

    def give_back(self, number: int) -> None:
        """A lease ends: what its step has made is nobody's."""
        self.ledger.lent.pop(number, None)
        for name in [name for name, owner in self.guests.items() if owner == number]:
            del self.guests[name]
            self.left.add(name)

    def finish(self) -> None:
        """All creates and leases end."""
        for number in range(4):
            self.cancel(number)
            self.give_back(number)

    def look(self, number: int) -> None:
        """What is found now is nobody's, and is disposed of."""
        found = set(self.orphans())
        assert not found & set(self.under_way.values())
        assert not found & set(self.guests)
        self.left -= found

    def orphans(self) -> list[Any]:
        strangers = [*self.under_way.values(), *self.guests, *self.left]
        return self.ledger.orphans(strangers, self.now, of_steps=bool(self.guests))

"""Secrets: used by nodes, seen by nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stratagem import Config, Context, Pack, Secret
from stratagem.config.model import SecretsConfig
from stratagem_testing import node, run_once, sample, workflow_of

pytestmark = pytest.mark.anyio

WORD = "hunter2-and-more"
pack = Pack("safe")
USED: list[str] = []


@pack.node()
async def login(password: Any) -> Any:
    USED.append(password.reveal() if isinstance(password, Secret) else password)
    return password


@pack.node()
async def leaks(password: Any) -> None:
    raise ValueError(f"can't log in with {password}")


@pack.node()
async def wrong_type(password: Any) -> int:
    return password  # type: ignore[no-any-return]  # the mistake that is looked at


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Config:
    """A config whose secrets come from the environment, under a prefix."""
    monkeypatch.setenv("MINE_WORD", WORD)
    return Config(secrets=SecretsConfig(prefix="MINE_"))


@pytest.mark.parametrize("type_", ["login", "leaks", "wrong_type"])
@pytest.mark.parametrize("text", ["{{ secrets.WORD }}", "pass: {{ secrets.WORD | upper }}!"])
async def test_a_secret_is_masked_wherever_a_run_shows_it(
    config: Config, type_: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In outputs, variables, errors and logs; also as part of a longer text, and after a filter."""
    workflow = workflow_of(
        node("a", f"safe.{type_}", {"password": text}, on_error="continue"),
        node("set", "sample.set", {"name": "kept", "value": text}),
        variables={"kept": None},
    )
    result = await run_once(workflow, packs=[pack, sample], config=config)
    shown = [repr(result), str(dict(result.outputs)), str(result.variables), repr(result.outcomes), caplog.text]
    shown += [text for failure in result.failures for text in (str(failure), repr(failure), str(failure.__cause__))]
    assert WORD.lower() not in " ".join(shown).lower()
    assert "***" in " ".join(shown)
    assert len(result.failures) == (type_ != "login")


async def test_a_node_gets_the_secret_itself(config: Config) -> None:
    """Masking is for eyes, not for the server that wants the password."""
    USED.clear()
    workflow = workflow_of(node("a", "safe.login", {"password": "{{ secrets.WORD }}"}))
    result = await run_once(workflow, packs=[pack], config=config)
    assert result.status == "done"
    assert USED == [WORD]


@pack.node()
async def told(password: Secret, context: Context) -> None:
    context.log.warning("%s as %r, %d", password.reveal(), f"it's {password.reveal()}", 7)
    context.log.info("plain %(a)s", {"a": 1})


async def test_what_a_node_logs_is_masked_whoever_handles_it(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    """The record itself has the mask, and tells the line of the node that logs."""
    workflow = workflow_of(node("a", "safe.told", {"password": "{{ secrets.WORD }}"}))
    with caplog.at_level("INFO"):
        await run_once(workflow, packs=[pack], config=config)
    records = [record for record in caplog.records if record.name == "stratagem.node"]
    assert [record.getMessage() for record in records] == ['*** as "it\'s ***", 7', "plain 1"]
    assert {record.filename for record in records} == {"test_kernel_secrets.py"}


async def test_secrets_that_a_caller_or_a_node_gives_are_masked_as_those_of_the_environment() -> None:
    """In errors, in another form than theirs."""
    workflow = workflow_of(
        node("given", "safe.leaks_coded", {"password": "{{ word }}"}, on_error="continue"),
        node("own", "safe.made"),
        node("made", "safe.leaks_coded", {"password": "{{ own.result }}"}, on_error="continue"),
    )
    result = await run_once(workflow, packs=[pack], variables={"word": Secret('pa"ss-w0rd')})
    assert [failure.what for failure in result.failures] == ['ValueError: ["***"]'] * 2


@pack.node()
async def leaks_coded(password: Secret) -> None:
    raise ValueError(json.dumps([password.reveal()]))


@pack.node()
async def made() -> Secret:
    return Secret('a"new-one')

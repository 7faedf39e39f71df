"""Settings: from a config, from OpenTelemetry's environment variables, and what is wrong with them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from otel_kernels import otel, traced
from otlp_receiver import Receiver
from stratagem import BadValue, ConfigError, Kernel, PluginImportError, load_config
from stratagem.hosting import Installed
from stratagem_otel import OtelPlugin, OtelSettings, exporters
from stratagem_otel.environment import BATCH, QUEUE, queue_of
from stratagem_testing import node, sample, workflow_of

pytestmark = pytest.mark.anyio

WORKFLOW = workflow_of(node("a", "sample.value"))


def config_in(folder: Path, text: str) -> Any:
    """The config of a file with this text."""
    file = folder / "stratagem.toml"
    file.write_text(f'schema = 1\n[plugins]\nuse = ["otel"]\n[settings.otel]\n{text}', "utf-8")
    return load_config(file, installed=Installed())


async def test_a_config_names_the_plugin_and_sends_secret_headers(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header from the environment arrives as it is."""
    monkeypatch.setenv("TRACE_KEY", "Bearer s3cret")
    text = f'endpoint = "{receiver.url}"\nheaders = {{ Authorization = {{ env = "TRACE_KEY" }}, x-team = "robots" }}\n'
    async with Kernel(config_in(tmp_path, text), packs=[sample]) as kernel:
        (await kernel.run(WORKFLOW)).raise_for_error()
    assert len(receiver.spans) == 2
    assert receiver.points
    for headers in receiver.headers:
        assert headers["authorization"] == "Bearer s3cret"
        assert headers["x-team"] == "robots"
    assert "s3cret" not in repr([(each.attributes, each.resource) for each in receiver.spans])


async def test_headers_are_sent_over_either_protocol(either: Receiver) -> None:
    """With names as the protocol wants them."""
    async with traced(either, headers={"X-Team": "robots"}) as kernel:
        (await kernel.run(WORKFLOW)).raise_for_error()
    assert [each["x-team"] for each in either.headers] == ["robots"]


async def test_the_environment_says_what_the_settings_do_not(either: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endpoint, protocol, service and resource, as with any other program."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", either.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", either.protocol)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "from-the-environment")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "site=Bern,deployment.environment.name=test")
    async with Kernel(packs=[sample], plugins=[OtelPlugin()]) as kernel:
        (await kernel.run(WORKFLOW)).raise_for_error()
    resource = either.node("a").resource
    assert resource["service.name"] == "from-the-environment"
    assert (resource["site"], resource["deployment.environment.name"]) == ("Bern", "test")
    assert either.points


async def test_the_settings_come_before_the_environment(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where both say something."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "from-the-environment")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    async with traced(receiver, service_name="from-the-settings", traces="otlp") as kernel:
        (await kernel.run(WORKFLOW)).raise_for_error()
    assert receiver.node("a").resource["service.name"] == "from-the-settings"


async def test_a_service_without_a_name_is_called_stratagem(receiver: Receiver) -> None:
    """Not by the SDK's word for something unknown."""
    async with traced(receiver) as kernel:
        (await kernel.run(WORKFLOW)).raise_for_error()
    assert receiver.node("a").resource["service.name"] == "stratagem"


def test_the_queue_is_as_large_as_said_and_a_batch_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the settings, by the environment, else for the load of a workflow."""
    assert queue_of(OtelSettings()) == (QUEUE, BATCH)
    assert queue_of(OtelSettings(queue=100, batch=400)) == (100, 100)
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "700")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "70")
    assert queue_of(OtelSettings()) == (700, 70)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sample_ratio = 1.5", "settings.otel.sample_ratio"),
        ('protocol = "http"', "settings.otel.protocol"),
        ("max_spans = 0", "settings.otel.max_spans"),
        ('queue = "many"', "settings.otel.queue"),
        ("endpont = 'x'", "settings.otel.endpont"),
        ("instruments = { 'a.*' = 'meter' }", "settings.otel.instruments.a.*"),
    ],
)
def test_wrong_settings_are_told_by_their_keys(tmp_path: Path, text: str, key: str) -> None:
    """Before anything runs."""
    with pytest.raises(ConfigError) as caught:
        Kernel(config_in(tmp_path, text))
    assert key in str(caught.value).replace('"', "").replace("'", "")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_METRICS_EXPORTER", "console"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many"),
    ],
)
async def test_a_variable_that_cannot_be_followed_is_an_error(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """Which names it, when the kernel opens."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadValue) as caught:
        async with Kernel(plugins=[OtelPlugin()]):
            pass
    assert f" in the environment variable {variable}, got {value!r}. Set it to " in str(caught.value)


@pytest.mark.parametrize("address", ["9464", "localhost:", "localhost:http", "localhost:99999"])
async def test_an_address_that_is_none_is_an_error(address: str) -> None:
    """With the key, and an example of one."""
    settings = OtelSettings(traces="none", metrics="prometheus", prometheus=address)
    with pytest.raises(BadValue) as caught:
        async with Kernel(plugins=[OtelPlugin(settings)]):
            pass
    assert caught.value.key == "settings.otel.prometheus"


async def test_a_missing_extra_is_told_with_what_to_install(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the kernel opens, and by ``plugins doctor``."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    plugin = otel(receiver)
    with pytest.raises(PluginImportError, match="the extra 'http' of stratagem-otel is not installed") as caught:
        async with Kernel(plugins=[plugin]):
            pass
    assert caught.value.hint == 'Run: pip install "stratagem-otel[http]"'
    (finding,) = plugin.doctor()
    assert (finding.level, finding.hint) == ("error", caught.value.hint)


def test_the_doctor_says_where_things_go(receiver: Receiver) -> None:
    """When all is well."""
    (finding,) = otel(receiver, metrics="otlp").doctor()
    assert (finding.level, finding.what) == ("ok", "traces go to otlp, metrics to otlp")


def test_every_extra_is_of_this_distribution() -> None:
    """Those that messages name are those that there are."""
    from importlib.metadata import metadata

    offered = set(metadata("stratagem-otel").get_all("Provides-Extra") or [])
    assert {name for name, _ in exporters.PACKAGES.values()} | {"prometheus"} <= offered


GLOBAL = """
import anyio, json, sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from stratagem import Kernel, Pack
from stratagem_testing import node, workflow_of
from stratagem_otel import OtelPlugin, OtelSettings

pack = Pack("lib")


@pack.node()
async def work() -> None:
    with trace.get_tracer("a-library").start_as_current_span("library work"):
        await anyio.sleep(0)


async def main() -> None:
    settings = OtelSettings(endpoint=sys.argv[1], metrics="none", global_provider=True)
    async with Kernel(packs=[pack], plugins=[OtelPlugin(settings)]) as kernel:
        (await kernel.run(workflow_of(node("a", "lib.work")))).raise_for_error()
    print(json.dumps(isinstance(trace.get_tracer_provider(), TracerProvider)))


anyio.run(main)
"""


def test_libraries_share_the_provider_where_a_setting_says_so(receiver: Receiver) -> None:
    """Their spans are sent with the node's, under it."""
    done = subprocess.run([sys.executable, "-c", GLOBAL, receiver.url], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is True
    assert receiver.one("library work").parent == receiver.node("a").id


IDS = """
import random, sys
import anyio
from stratagem import Kernel
from stratagem_testing import node, workflow_of
from stratagem_testing import sample
from stratagem_otel import OtelPlugin, OtelSettings


async def main() -> None:
    settings = OtelSettings(endpoint=sys.argv[1])
    random.seed(7)
    async with Kernel(packs=[sample], plugins=[OtelPlugin(settings)]) as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
        print(random.random())


anyio.run(main)
"""


def test_the_shared_random_numbers_are_left_alone(receiver: Receiver) -> None:
    """A node that draws from them gets the same ones, traced or not."""
    import random

    done = subprocess.run([sys.executable, "-c", IDS, receiver.url], capture_output=True, text=True, check=True)
    assert float(done.stdout) == random.Random(7).random()
    assert len(receiver.spans) == 2


def test_loading_a_config_without_the_plugin_imports_no_sdk() -> None:
    """What is not used costs nothing."""
    code = "import sys, stratagem.kernel; assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    subprocess.run([sys.executable, "-c", code], check=True)

"""Images: plans as plain data give the same runs as the plans that they were made of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Kernel, NotStorable, Pack, Plan, ResourceRequest, SpoiltImage, image_of, plan_of
from stratagem_testing import Recipe, ThingPlugin, node, outcome, run_once, sample, workflow_of, workflows

pytestmark = pytest.mark.anyio

RECIPES = [Recipe(on_error=True), Recipe(fatal=True), Recipe(owners=True, limits=True)]


def compiled(workflow: Any, *packs: Pack) -> tuple[Kernel, Plan]:
    """A kernel, and the plan that it makes of a workflow."""
    kernel = Kernel(packs=[sample, *packs])
    return kernel, kernel.compile(workflow)


def again(plan: Plan, kernel: Kernel) -> Plan:
    """The plan that comes of its image, through text, so that nothing but plain data counts."""
    return plan_of(json.loads(json.dumps(image_of(plan))), kernel.catalog)


@pytest.mark.parametrize("recipe", RECIPES, ids=["continues", "fatal", "owners"])
@settings(max_examples=examples(25))
@given(st.data())
async def test_a_run_from_an_image_is_that_of_the_plan(recipe: Recipe, data: st.DataObject) -> None:
    """With the same result, values, variables, counts and failures; and its image is the same image."""
    workflow = data.draw(workflows(recipe))
    async with Kernel(packs=[sample]) as kernel:
        plan = kernel.compile(workflow)
        read = again(plan, kernel)
        assert outcome(await kernel.run(read)) == outcome(await kernel.run(plan))
    assert read.digest == plan.digest
    assert json.dumps(image_of(read)) == json.dumps(image_of(plan))


async def test_an_image_keeps_what_passes_have_changed() -> None:
    """Dropped steps, orders, and the reasons."""
    nodes = [node(each, "sample.value", {"value": 1}) for each in "abc"]
    kernel, plan = compiled(workflow_of(*nodes, lines=["a -> b -> c"]))
    revised = plan.revised(drop=["a"], unorder=[("c", "b")], why="only values")
    read = again(revised, kernel)
    assert (read.revisions, read.dropped) == (revised.revisions, revised.dropped)
    assert [step.needs for step in read.steps] == [step.needs for step in revised.steps]


async def test_templates_of_all_sorts_come_back() -> None:
    """Conditions, labels and sessions of resources, results, defaults for what does not exist, texts with pieces."""
    nodes = [
        node("a", "sample.value", {"value": {"x": [1, 2]}}),
        node("b", "sample.value", {"value": "{{ a.result.x[1] }} and {{ nothing | default('none') }} in {{ v }}"}),
        node("c", "sample.value", {"value": [1, {"y": "{{ b.result }}"}]}, when="a.result.x[1] == 2"),
    ]
    kernel, plan = compiled(workflow_of(*nodes, variables={"v": "v"}, result={"all": "{{ c.result }}"}))
    async with kernel:
        assert (await kernel.run(again(plan, kernel))).value == {"all": [1, {"y": "2 and none in v"}]}


def test_what_only_this_process_knows_is_not_stored() -> None:
    """It says what that is."""
    _, plan = compiled(workflow_of(node("a", "sample.value", {"value": object()})))
    with pytest.raises(NotStorable, match="the config of 'a' holds a object"):
        image_of(plan)
    _, plan = compiled(workflow_of(node("a", "sample.value", {"value": 2**70})))
    with pytest.raises(NotStorable, match="a whole number of more than 64 bits"):
        image_of(plan)
    _, plan = compiled(workflow_of(node("a", "sample.value", {"value": 1})))
    with pytest.raises(NotStorable, match="a pass has put constants in place of 'a'"):
        image_of(plan.revised(constants={"a": {"result": 2}}, why="known"))


def own(version: int = 1) -> Pack:
    """A pack of one node."""
    pack = Pack("own")

    @pack.node(version=version, effect="pure")
    def it() -> int:
        """Gives the version."""
        return version

    return pack


@pytest.mark.parametrize("other", [own(2), own().provided_by("own 2.0"), Pack("own")], ids=["version", "by", "gone"])
def test_an_image_for_other_node_types_is_refused(other: Pack) -> None:
    """Another version, another distribution, none at all."""
    _, plan = compiled(workflow_of(node("a", "own.it")), own())
    with pytest.raises(SpoiltImage):
        plan_of(image_of(plan), Kernel(packs=[sample, other]).catalog)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """An image of which one value somewhere is another one."""
    image = json.loads(json.dumps(image_of(compiled(draw(workflows(Recipe(owners=True))))[1])))
    spots: list[tuple[Any, Any]] = []
    waiting = [image]
    while waiting:
        value = waiting.pop()
        keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        spots += [(value, key) for key in keys]
        waiting += [value[key] for key in keys]
    holder, key = draw(st.sampled_from(spots))
    holder[key] = draw(st.sampled_from([None, -1, 10**6, "x", [], {}, True, 0.5, [[]], 3]))
    return image


@given(spoilt())
async def test_a_spoilt_image_is_refused_or_runs(image: Any) -> None:
    """Whatever is wrong with it: there is a plan, or the one error; a plan ends, whatever it gives."""
    kernel = Kernel(packs=[sample])
    try:
        plan = plan_of(image, kernel.catalog)
    except SpoiltImage:
        return
    assert len(plan) == len(plan.steps)


async def test_an_image_says_what_resources_are_asked_for() -> None:
    """Claims with labels that are computed are filled in again."""
    asked = {"thing": ResourceRequest(labels={"size": "{{ v }}"})}
    kernel = Kernel(packs=[sample], plugins=[ThingPlugin()])
    plan = kernel.compile(workflow_of(node("a", "sample.use", resources=asked), variables={"v": 3}))
    (claim,) = again(plan, kernel).steps[0].claims
    assert claim.fill is not None
    assert claim.request == plan.steps[0].claims[0].request


async def test_steps_are_bound_when_they_are_first_needed() -> None:
    """A template that is more than a path is not even parsed before."""
    nodes = [node("a", "sample.value", {"value": "{{ 1 + v }}"})]
    kernel, plan = compiled(workflow_of(*nodes, variables={"v": 1}))
    inputs = again(plan, kernel).steps[0].inputs
    with pytest.raises(AttributeError):
        object.__getattribute__(inputs, "feeds")
    assert [feed.key for feed in inputs.feeds] == ["value"]
    assert (await run_once(workflow_of(*nodes, variables={"v": 1}), packs=[sample])).status == "done"

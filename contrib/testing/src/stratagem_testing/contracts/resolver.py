"""The contract of a resolver."""

from __future__ import annotations

from stratagem import Context, Pack, Plugin, Resolver, Retry, Workflow, implementations
from stratagem_testing.answers import resolved, scheduled
from stratagem_testing.build import graph_of, node, workflow_of
from stratagem_testing.contracts.beneath import Beneath
from stratagem_testing.contracts.shared import assert_like_the_reference, on_both_loops, run_on
from stratagem_testing.greedy import AnyReady
from stratagem_testing.sample_pack import sample


class ResolverContract:
    """Override `resolver`, which makes one for each run; or `plugin`, where that takes the run or another resolver."""

    def resolver(self) -> Resolver:
        """A new resolver, as the plugin would answer with."""
        raise NotImplementedError

    def plugin(self) -> Plugin:
        """A new plugin that answers with the resolver."""
        return resolved(self.resolver)

    @on_both_loops
    def test_a_run_gives_what_the_plain_resolver_gives(self, backend: str) -> None:
        """Remembers what the node would have given."""
        assert_like_the_reference(backend, [self.plugin()])

    @on_both_loops
    def test_steps_at_once_do_not_get_each_others_inputs(self, backend: str) -> None:
        """A resolver is asked by many steps in turn, and in between."""
        nodes = [node(f"n{i}", "sample.wait", {"seconds": 0.001, "value": f"{{{{ x + {i} }}}}"}) for i in range(40)]
        plugins = [self.plugin(), scheduled(AnyReady)]
        result = run_on(backend, workflow_of(*nodes, variables={"x": 100}), plugins)
        assert [result.outputs[f"n{i}"]["result"] for i in range(40)] == [100 + i for i in range(40)]

    @on_both_loops
    def test_a_step_that_writes_is_run_each_time(self, backend: str) -> None:
        """Only what has no effect may be left out."""
        body = graph_of(node("add", "sample.set", {"name": "x", "value": "{{ x + 1 }}"}))
        loop = node("loop", "sample.each", {"items": [0, 0, 0]}, bodies={"body": body})
        result = run_on(backend, workflow_of(loop, variables={"x": 0}), [self.plugin()])
        assert result.variables == {"x": 3}

    @on_both_loops
    def test_a_step_that_must_not_be_remembered_is_run_each_time(self, backend: str) -> None:
        """One whose workflow says ``cache: false``, and a pure one that is given more than its inputs."""
        pack, calls = _counted()
        nodes = [node(f"n{i}", "counted.same", {"value": 1}, cache=False) for i in range(3)]
        told = [node(f"t{i}", "counted.told") for i in range(3)]
        result = run_on(backend, workflow_of(*nodes, *told), [self.plugin()], packs=[sample, pack])
        assert calls == [1, 1, 1]
        assert [result.outputs[each.id]["result"] for each in told] == [each.id for each in told]

    @on_both_loops
    def test_a_changed_variable_is_seen(self, backend: str) -> None:
        """Equal templates over other values are other inputs."""
        body = graph_of(node("read", "sample.value", {"value": "{{ x * 2 }}"}), result="{{ read.result }}")
        loop = node("loop", "sample.each", {"items": [1, 2, 3], "as": "x"}, bodies={"body": body})
        result = run_on(backend, workflow_of(loop), [self.plugin()])
        assert result.outputs["loop"]["results"] == [2, 4, 6]

    @on_both_loops
    def test_a_wrapper_hands_on_all_that_it_is_asked(self, backend: str) -> None:
        """Each `recall` that gave None is followed by one `remember` or `forget`, and each lease of a callable is left.

        However the step ends; a cache beneath would keep others waiting else, and an instance would be lent for ever.
        Of resolvers that wrap no other one there is nothing to see.
        """
        plugin = self.plugin()
        if not any(each.contract.hook == "resolve" and each.wrapper for each in implementations(plugin)[0]):
            return
        beneath = Beneath()
        result = run_on(backend, _every_end(), [plugin, resolved(lambda: beneath), scheduled(AnyReady)])
        assert result.faults == ()
        beneath.check(result)


def _counted() -> tuple[Pack, list[int]]:
    """A pack of two pure nodes, and the values that the first was called with."""
    pack, calls = Pack("counted"), list[int]()

    @pack.node(effect="pure", runs="loop")
    def same(value: int) -> int:
        """Gives the value."""
        calls.append(value)
        return value

    @pack.node(effect="pure", runs="loop")
    def told(context: Context) -> str:
        """Gives the node's id."""
        return context.node_id

    return pack, calls


def _every_end() -> Workflow:
    """Steps that end well, fail, are tried again, come to their time limit, and are cancelled."""
    body = graph_of(node("in", "sample.wait", {"seconds": 0.001}))
    return workflow_of(
        node("loop", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies={"body": body}),
        node("pure", "sample.value", {"value": [1]}),
        node("plain", "sample.plain", {"left": 1}),
        node("failed", "sample.fail", on_error="continue"),
        node("again", "sample.flaky", {"failures": 1}, retry=Retry(2, 0.0)),
        node("late", "sample.wait", {"seconds": 9.0}, timeout=0.002, on_error="continue"),
        node("cancelled", "sample.wait", {"seconds": 60.0}),
        node("fatal", "sample.fail", {"seconds": 0.05}),
    )

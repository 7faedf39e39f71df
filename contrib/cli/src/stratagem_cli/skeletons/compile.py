"""The skeleton of a plugin that answers ``compile``: a pass that refuses workflows with too many steps."""

from stratagem_cli.skeletons.common import TESTING, plugin, pyproject, readme

_CODE = '''\
"""The plugin ``%NAME%``: refuses workflows with more steps than are allowed."""

from collections.abc import Generator
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import ge
from stratagem import Plan, Plugin, WorkflowError, hookimpl, planfacts


@frozen
class %CLASS%Settings:
    """``[settings.%NAME%]``: a workflow has at most ``most`` steps, those of bodies and subflows included."""

    most: int = field(default=10_000, validator=ge(1))


class %CLASS%Plugin(Plugin):
    """Wraps ``compile``: a pass looks at each plan before anything runs, and hands it on or gives another one."""

    Settings: ClassVar[type[%CLASS%Settings]] = %CLASS%Settings

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """Hand the plan on.

        Raises:
            WorkflowError: it has too many steps.
        """
        plan = yield
        steps, most = len(list(planfacts.steps_in(plan))), self.settings.most
        if steps > most:
            hint = "Raise 'most', or split the workflow."
            raise WorkflowError(f"expected at most {most} steps, got {steps}", hint=hint)
        return plan
'''

_TEST = '''\
"""The plugin refuses large workflows, and changes nothing about others."""

import pytest
from stratagem import Kernel, WorkflowError
from stratagem_testing import assert_like_the_reference, node, sample, workflow_of

from %PACKAGE% import %CLASS%Plugin, %CLASS%Settings


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_results_are_those_of_the_reference(backend: str) -> None:
    """Random workflows give what they give without the plugin."""
    assert_like_the_reference(backend, [%CLASS%Plugin()])


@pytest.mark.parametrize(("most", "fits"), [(1, False), (2, True)])
def test_a_workflow_with_too_many_steps_is_refused(most: int, fits: bool) -> None:
    """Before anything runs, with what to do."""
    kernel = Kernel(plugins=[%CLASS%Plugin(%CLASS%Settings(most=most))], packs=[sample])
    workflow = workflow_of(node("a", "sample.value"), node("b", "sample.value"))
    if fits:
        assert len(kernel.compile(workflow)) == 2
    else:
        with pytest.raises(WorkflowError, match="expected at most 1 steps, got 2"):
            kernel.compile(workflow)
'''

_CONFIG = """\
schema = 1

[plugins]
use = ["%NAME%"]

[settings.%NAME%]
most = 5000
"""

_README = readme(
    "A pass for Stratagem: refuses workflows with too many steps.",
    "compile",
    _CONFIG,
)

FILES = plugin(
    _CODE,
    _TEST,
    _README,
    _CONFIG,
    pyproject("A pass for Stratagem", "stratagem.plugin", "%CLASS%Plugin", "attrs>=24.2", tests=TESTING),
)
"""Path → text."""

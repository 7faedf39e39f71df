"""The pack ``wfcommons``: a task that only takes time."""

import anyio

from stratagem import Example, Pack

pack = Pack("wfcommons")


@pack.node(effect="pure", cost_from="seconds", examples=(Example({"seconds": 0.0, "name": "align"}),))
async def task(seconds: float, scale: float = 1.0, name: str = "") -> None:
    """Waits as long as a recorded task took.

    ``seconds`` is the recorded runtime, ``scale`` multiplies it, ``name`` is what the recording calls the task.
    """
    if seconds * scale < 0:
        raise ValueError(f"a task can't take {seconds} × {scale} seconds")
    await anyio.sleep(seconds * scale)

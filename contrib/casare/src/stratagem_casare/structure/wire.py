"""Wire: a line that takes a value from one graph into another."""

from attrs import frozen


@frozen
class Wire:
    """Stands in a config for the value of another node's port."""

    source: str
    port: str

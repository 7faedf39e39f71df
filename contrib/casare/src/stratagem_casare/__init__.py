"""CasareRPA's workflow files for Stratagem: the format ``casare`` and the node types under their own names."""

from stratagem_casare.format import CasareFormat, casare_format
from stratagem_casare.keeping import add_keeping
from stratagem_casare.nodes import pack

add_keeping(pack)

__all__ = ["CasareFormat", "casare_format", "pack"]

"""The pack that the modules beside this one fill."""

from stratagem.nodes import Pack

pack = Pack("casare")

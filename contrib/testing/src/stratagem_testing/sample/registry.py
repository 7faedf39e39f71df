"""The pack that the modules beside this one fill."""

from stratagem.nodes import Pack

sample = Pack("sample")

"""The pack that the modules beside this one fill."""

from stratagem import Pack

sample = Pack("sample")

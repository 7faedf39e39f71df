"""The pack that the modules beside this one fill."""

from stratagem import Pack

sample = Pack("sample")
"""A pack for tests: small nodes of every sort, and control structures that own bodies."""

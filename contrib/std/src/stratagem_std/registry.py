"""The pack that every module of this distribution adds its nodes to."""

from stratagem import Pack

pack = Pack("std")

"""Plugins: found by their distributions' metadata, loaded only when a config names them."""

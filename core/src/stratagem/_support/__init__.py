"""Small helpers that stand below all rooms: each knows the errors at most. Some are exported from `stratagem`."""

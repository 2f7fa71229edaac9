"""Use cases. A service owns its transaction and is the only way to write."""

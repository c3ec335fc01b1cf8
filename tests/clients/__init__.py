"""Programs that use generated clients, for `tests/test_generated_clients.py`."""

"""The REST interface under /api/v1: thin views over the same access decision and services."""

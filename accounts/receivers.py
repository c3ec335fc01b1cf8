"""Connects what accounts do when something happens elsewhere."""

from accounts.sign_in import endings, receivers, records

__all__ = ["endings", "receivers", "records"]

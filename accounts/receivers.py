"""Connects what accounts do when something happens elsewhere."""

from accounts.service_accounts import guards
from accounts.sign_in import endings, receivers, records

__all__ = ["endings", "guards", "receivers", "records"]

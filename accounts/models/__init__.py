"""Models of accounts; each feature has a file."""

from accounts.models.counting import RateCount
from accounts.models.profile import Profile

__all__ = ["Profile", "RateCount"]

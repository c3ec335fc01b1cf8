"""The usual settings, with hashes of passwords that take a millisecond instead of half a second:
for servers of tests that sign people in on the way to what they are about.
"""

from accounts.sign_in.hashing import PasswordHasher
from canvas_project.settings import *  # noqa: F403
from canvas_project.settings import PASSWORD_HASHERS


class QuickHasher(PasswordHasher):
    """The same, a thousand times quicker."""

    iterations = PasswordHasher.iterations // 1000


PASSWORD_HASHERS = ["tests.settings_quick.QuickHasher", *PASSWORD_HASHERS[1:]]

"""The end of an account: who gets its boards and spaces, and what goes.

- `forms`: who gets what, and the proof that it is them.
- `owned`: what somebody owns, for pages.
- `pages`: the page on which people delete their own account.
- `services`: gives everything away and deletes the account, in one transaction.
"""

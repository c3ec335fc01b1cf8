"""People's accounts: signing in, the account page, tokens, notifications. Imports only `audit`.

An account knows nothing of boards: what happens on boards tells people of it, and passes along the
address and the words. From the bottom up; imports run down only:

- `models`: what everything rests on.
- `limits`: counters of rate limits, and guesses of secrets.
- `sign_in`: signing in and out.
"""

"""People's accounts: signing in, the account page, tokens, notifications. Imports only `audit`.

An account knows nothing of boards: what happens on boards tells people of it, and passes along the
address and the words. From the bottom up; imports run down only:

- `models`, `routes`, `sealing`: what everything rests on.
- `addresses`, `names`: who has which mail address, and what names may look like.
- `mail`: sends mail without making anybody wait.
- `service_accounts`: accounts for programs alone, with which nobody signs in.
- `tokens`: tokens for programs: made, found, revoked, and when they were last used.
- `limits`: counters of rate limits, and guesses of secrets.
- `first_start`: making the administrator of an installation without users.
- `identities`: people whom something else vouches for, and their accounts.
- `sign_in`: signing in and out, passwords, second factors, sessions.
- `directory`: signing in by LDAP.
- `oidc`: signing in by an identity provider.
- `saml`: signing in by SAML.
- `proxy_header`: signing in by a header of a trusted proxy.
- `sign_up`: making an account by a link that was sent to an address.
- `notifications`: tells people what concerns them, by a bell and by mail.
- `account_page`: name, picture, language, theme; own data; the end of an account.
- `admin`, `receivers`, `templatetags`, `urls`: thin, on top of it all.
"""

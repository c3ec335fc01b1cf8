"""Signing in and out, and everything by which people do: passwords, second factors, sessions.

The flows are those of django-allauth. Here are its limits, forms, words and audit rows.

- `adapter`: what django-allauth asks of this project: limits, words, mails and secrets in rows.
- `browsers`: names a browser and its system, for people to recognize their own.
- `common`: what the pages around signing in share.
- `email_page`: the pages for another mail address.
- `endings`: ends sessions and access tokens, and with them the sockets that they opened.
- `forms`: the sign-in form.
- `hashing`: hashes passwords on threads of a low priority.
- `idle_sessions`: ends idle sessions, `CANVAS_SESSION_IDLE_SECONDS` after the last request.
- `mail_html`: the HTML of the mails around signing in.
- `pages`: the sign-in page.
- `passkey_page`: signing in by a passkey alone.
- `password_forms`: forms for a new password, a forgotten one, and confirming the present one.
- `password_words`: refuses passwords that are little more than a word of this place.
- `passwords`: checks usernames and passwords, with limits on wrong guesses.
- `policy`: which ways of signing in this installation offers, and to whom.
- `proof`: how somebody who is signed in proves that it is them.
- `provider_logouts`: ends the session at the identity provider too.
- `receivers`: audit rows of everything that changes how someone signs in.
- `recent`: asks for the password again before something that outlives the session.
- `records`: keeps a row of each session of a person.
- `reset_page`: the page for a forgotten password.
- `second_factor`: takes second factors away from people who lost theirs.
- `second_factor_forms`: forms of codes and passkeys, with limits on guesses.
- `security`: the page about how someone signs in.
- `session_store`: sessions in the database, under keys that this server gave.
"""

"""Who somebody is: tokens, sessions, guests, and what people are called.

- `guests`: tells people without an account apart, so that what one of them draws stays theirs.
- `idle_sessions`: sessions end when nobody uses them, ``CANVAS_SESSION_IDLE_SECONDS`` after the
  last request.
- `names`: what people are called, everywhere that other people read it.
- `token_sessions`: sessions that a token began: for its board alone, and until the token ends.
- `tokens`: signed JWTs (RFC 7519), HS256 with a ring of keys, three kinds kept apart by their
  audience.
"""

"""How somebody comes to a board: who asks, by which way in, and what they are told.

- `board`: from a request to its board: finds it, names the way in, records the visit, and refuses.
- `opened_links`: the share links a session has opened. The session holds their ids only; their
  rows decide.
"""

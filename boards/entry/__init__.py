"""How requests reach a board: who asks, by which way in, and who is refused.

- `board`: finds the board of a request, names the way in, records the visit, and refuses.
- `opened_links`: the share links that a session has opened. A session stores only their ids;
  the rows decide.
"""

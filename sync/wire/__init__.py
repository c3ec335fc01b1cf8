"""The bytes that clients send: frames, updates, presence, and the bounds of each. Pure.

- `awareness`: the wire format of awareness, and the checks of a state before others get it.
- `budgets`: how many client ids and deletions a board may make every client repeat.
- `close_codes`: why a socket is closed: stock providers stay away after 4400-4499, and reconnect
  after 4500-4599.
- `frames`: decodes and encodes frames of the y-websocket protocol; every length is checked first.
- `lib0`: reads lib0's encoding step by step; every count and length is checked before it is used.
- `parsed`: what an update does to a document, and whether the document has all that it builds on;
  reads a drag, by far the most frequent update, at once.
- `signatures`: refuses changes signed with another person's name.
- `update`: decides from the bytes alone whether a Yjs update may reach the document.
- `values`: reads the values of an update and notes which of them are out of bounds.
"""

"""What stands in the bytes that clients send: frames, updates, presence, and the bounds of each.
Pure.

- `awareness`: the wire format of awareness, and what a state has to be before others get it.
- `budgets`: what a board may make every client repeat: client ids and deletions; and what it
  may weigh.
- `close_codes`: why a socket is closed: 4400-4499 tell a stock provider to stay away, 4500-4599
  to return.
- `frames`: decodes and encodes the frames of the y-websocket protocol, with every length
  bounded first.
- `lib0`: reads lib0's encoding step by step, every count and length bounded before it is used.
- `schema`: what server and page agree on beside the drawing itself: `protocol.json`, which both
  read.
- `signatures`: refuses what somebody signs with the name of another person.
- `update`: decides from the bytes alone whether a Yjs update may reach the document.
- `values`: reads the values of an update and notes which of them are out of bounds.
"""

"""The Yjs document of one board: pycrdt behind its checks, who owns which client id, and updates
cut into parts.

- `document`: one board's Yjs document in memory: the only place that touches pycrdt's Doc.
- `incomplete_elements`: reports elements that nobody can see because required keys are missing.
- `ownership`: which items are elements, and who owns which client id.
- `packing`: whole documents as they are stored: compressed.
- `replaced`: what an update writes over values that were there: it does not say under which
  key.
- `size`: how large a board's document may become, as its room knows it without asking the
  database.
- `splitting`: splits an update into parts that each cost little to apply and together do the
  same.
"""

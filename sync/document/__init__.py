"""The Yjs document of one board: pycrdt behind its checks, who owns which client id, and updates
cut into parts.

- `document`: one board's Yjs document in memory: the only place that touches pycrdt's Doc.
- `half_made`: tells a board about elements that nobody can see, because their writer left
  something out.
- `ownership`: what a document knows about ids beyond clocks: which items are elements, and
  whose a client is.
- `packing`: whole documents as they are stored: compressed.
- `size`: how large a board's document may become, as its room knows it without asking the
  database.
- `slices`: cuts an update so that each part costs little to integrate, in an order in which
  each fits.
- `splitting`: cuts a large update into pieces, so that no single one holds the process for
  long.
"""

"""The Yjs document of one board: pycrdt behind its checks, who owns which client id, and updates
cut into parts.

- `document`: one board's document in memory: which updates it takes, and what is known of it as
  numbers.
- `incomplete_elements`: reports elements that nobody can see because required keys are missing.
- `ownership`: which items are elements, and who owns which client id.
- `replaced`: what an update writes over values that were there: it does not say under which
  key.
- `splitting`: splits an update into parts that each cost little to apply and together do the
  same.
- `yjs`: pycrdt's Doc behind one class: the only place that touches it.
"""

"""Libraries: drawings that people keep to use again. `sync` reads and checks what is in them.

- `selectors`: which libraries somebody has, and which of them they may change.
- `services`: adds items, changes them and removes them.
- `telling`: tells open pages that a library changed.
"""

"""Boards as pictures and as PDF, drawn by the code of the page, and files that it reads.

The package `child` is the process that draws, reads and converts. A program of its own: it imports
nothing else of ours, and knows no secret.

- `converting`: pictures of kinds that boards do not keep, as PNG.
- `gone`: how a request says that its client has gone away. Pure.
- `options`: what may be asked for, and how. Pure.
- `process`: starts that process, waits for it, and ends it when it takes too long.
- `reading`: files of other programs as drawings.
"""

"""Boards as pictures and as PDF, drawn by the code of the page, and files that it reads.

- `child`: the process that draws one board or reads one file, and ends. A program of its own: it
  imports nothing of ours, and knows no secret.
- `gone`: how a request says that its client has gone away. Pure.
- `options`: what may be asked for, and how. Pure.
- `process`: starts that process, waits for it, and ends it when it takes too long.
- `reading`: files of other programs as drawings.
"""

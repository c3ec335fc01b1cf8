"""How often and how much at once: counting, guessing, work that grows with a board.

- `expensive`: limits work that grows with a whole board: how much at once, and how often one
  person may ask.
- `guessing`: checking a secret that people type, slowly for anyone who guesses.
- `refusals`: answers to whoever asks for more than there is: one exception for pages and REST.
- `throttle`: counting, to slow down guessing and flooding.
"""

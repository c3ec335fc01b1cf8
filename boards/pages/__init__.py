"""What all pages share: the board of an address, headers, the language.

- `common`: what several pages need: the board of an address, and who asks for it.
- `context`: what every page says of who it is for, so that a browser keeps boards for nobody
  else.
- `language`: choosing the language of the pages.
- `middleware`: security headers of every page this project serves, and refusals as answers.
"""

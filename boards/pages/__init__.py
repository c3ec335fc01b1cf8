"""What all pages share: the board in an address, headers, the language.

- `common`: what several pages need: who asks, and the board in the address.
- `context`: tells each page who it is for, so that a browser keeps boards for nobody else.
- `fields`: form fields that name people, groups and levels.
- `language`: the language of the pages.
- `middleware`: security headers of every page, and answers to refusals.
- `subject_forms`: forms that give people and groups a level, and that name an owner.
- `subject_rows`: people and groups with a level, as pages list them.
"""

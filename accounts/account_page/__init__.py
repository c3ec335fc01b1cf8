"""The account page: name, picture, language, theme; own data; the end of an account.

- `forms`: what people may change.
- `menu`: what the avatar menu on every page shows.
- `own_data`: all that is kept about a person, as one file.
- `pages`: the account page, and pictures.
- `pictures`: checks an uploaded picture and makes it small.
- `preferences`: language and theme, and the middleware that applies the language.
"""

"""Search in titles, text on boards, comments and people.

- `words`: which words a text has, and what a query asks for.
- `excerpts`: the part of a text around what was found.
- `selectors`: which boards, texts, comments and people a query finds for someone.
- `index`: writes the index. What a drawing says comes from `sync.programs.search_index`.
- `serializers`, `api`: REST.

`docs/search.md` says how it works.
"""

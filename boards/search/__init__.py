"""Search in titles, text on boards, comments and people.

- `api`: the REST view.
- `excerpts`: the part of a text around what was found.
- `index`: writes the index. What a drawing says comes from `sync.programs.search_index`.
- `selectors`: which boards, texts, comments and people a query finds for someone.
- `serializers`: a result as JSON.
- `words`: which words a text has, and what a query asks for.

`docs/search.md` says how it works.
"""

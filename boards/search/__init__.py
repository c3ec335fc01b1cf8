"""Search in titles, text on boards, comments and people.

- `api`: the REST view.
- `excerpts`: the part of a text around what was found.
- `found`: what a query found.
- `index`: writes the index. What a drawing says comes from `sync.programs.search_index`.
- `list_filter`: filters a list of boards by words.
- `reach`: the boards that a search covers, and the newest texts on them that match.
- `selectors`: which boards, texts, comments and people a query finds for someone.
- `serializers`: a result as JSON.
- `words`: which words a text has, and what a query asks for.

`docs/search.md` says how it works.
"""

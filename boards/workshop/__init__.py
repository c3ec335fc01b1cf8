"""Workshops: a timer, votes with dots and private writing, led by one person.

- `api`: REST views of the lead, and of the workshop as a whole.
- `api_rounds`: REST views of the timer, votes and private writing.
- `lead`: who runs the workshop, and how that changes.
- `people`: who takes part, as far as the server can tell people apart.
- `serializers`: REST serializers of commands and of the state.
- `session`: finds the workshop of a board, and announces its changes.
- `shapes`: a workshop as JSON, the same in REST and in events.
- `timer`: the timer that everybody sees.
- `voting`: votes with dots, hidden until they are revealed.
- `writing`: private writing. What is written stays in the pages until it is revealed.
"""

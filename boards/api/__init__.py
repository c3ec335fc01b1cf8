"""What all addresses of the REST interface share. The addresses are with their
features.

- `authentication`: who asks: a Bearer access token, or the session cookie together with a CSRF
  token.
- `base`: what every REST view of a board shares.
- `conditions`: conditional requests as RFC 9110 (13.1) has them; a sequence number names the
  state.
- `errors`: every refusal of the REST interface has one shape: a text at `detail`, ready to be
  shown.
- `fields`: serializer fields and the translation of model errors.
- `negotiation`: in which format answers come.
- `openapi`: what every address of the REST interface may answer besides what it says of itself.
- `pagination`: how long lists are cut into pages.
- `parsers`: JSON bodies, whatever is in them.
- `permissions`: from a request to a board: the REST side of ``boards.access.resolve``.
- `problems`: the shape of every refusal.
- `responses`: refusals that many addresses document.
- `schema`: how the OpenAPI schema describes our two ways to authenticate.
- `streams`: long answers, in pieces: so that a slow reader holds little memory.
- `throttles`: how often one person, or one address without an account, may do what costs others
  something.
"""

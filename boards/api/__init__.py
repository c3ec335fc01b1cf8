"""What all REST views share. The views are in the folders of their features.

- `authentication`: authentication of requests: a Bearer access token, or the session cookie
  with a CSRF token.
- `base`: the base of all REST views.
- `conditions`: conditional requests (RFC 9110, 13.1); a sequence number identifies the state.
- `errors`: every error of the REST interface has one shape: a text at `detail`, ready to be
  shown.
- `fields`: serializer fields, and model errors as API errors.
- `fresh`: asks programs for a fresh password before they make something that outlives the
  sign-in.
- `negotiation`: content negotiation.
- `openapi`: completes the OpenAPI schema with what follows from how views are made.
- `pagination`: pagination.
- `parsers`: A parser for JSON bodies.
- `permissions`: finds the board of a REST request with `boards.entry`, and says who asks.
- `problems`: the shape of every error.
- `responses`: descriptions of errors that several addresses have.
- `schema`: how the OpenAPI schema describes the two ways to authenticate.
- `streams`: streams long answers in pieces, so that slow readers hold little memory.
- `throttles`: rate limits of REST addresses, per account, or per network without one.
"""

"""The pages: thin functions that parse, ask ``boards.access``, call a service, and render."""

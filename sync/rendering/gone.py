"""How a request says that its client has gone away.

Apart, because who puts it there is loaded before Django's models are.
"""

GONE_KEY = "canvas.gone"
"""In the scope of a request: a `threading.Event` that is set when its client has gone away."""

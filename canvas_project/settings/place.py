"""Where the data is, and under which addresses people reach the server."""

from pathlib import Path

from canvas_project.env import env_bool, env_int, env_list, env_path_prefix, env_str

BASE_DIR = Path(__file__).resolve().parents[2]
# Everything that a backup must contain, unless PostgreSQL has the rows.
CANVAS_DATA_DIR = Path(env_str("CANVAS_DATA_DIR", str(BASE_DIR / "var"))).resolve()
CANVAS_FILES_DIR = CANVAS_DATA_DIR / "files"
CANVAS_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# The root of its host, or below a path of a host with other sites.
CANVAS_PATH_PREFIX = env_path_prefix("CANVAS_PATH_PREFIX")
FORCE_SCRIPT_NAME = CANVAS_PATH_PREFIX or None

# Host and port where `serve` listens, which it writes here: the same after a restart.
SERVER_NAME = ""

DEBUG = env_bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env_list("DJANGO_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("DJANGO_CSRF_TRUSTED_ORIGINS", [])
CANVAS_EMBED_ORIGINS = env_list("CANVAS_EMBED_ORIGINS", [])
CANVAS_METRICS_TOKEN = env_str("CANVAS_METRICS_TOKEN")
CANVAS_HTTPS = env_bool("CANVAS_HTTPS", default=False)
CANVAS_TRUSTED_PROXY_HOPS = env_int("CANVAS_TRUSTED_PROXY_HOPS", 0)
SECURE_HSTS_SECONDS = 31_536_000 if CANVAS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("CANVAS_HSTS_SUBDOMAINS", default=False)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if CANVAS_HTTPS and CANVAS_TRUSTED_PROXY_HOPS else None
)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

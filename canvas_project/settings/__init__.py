"""All settings, by subject; whatever differs between installations comes from the environment.

- `place`: where the data is, and under which addresses people reach the server
- `identity`: cookies, sessions, tokens, keys
- `sign_in`: how people sign in: passwords, second factors, an identity provider
- `directory`: signing in by LDAP
- `saml`: signing in by SAML
- `mail`: the mail server, and whom people may ask for help
- `applications`: what Django runs, languages, static files
- `storage`: the database, and what processes share
- `rest`: the REST interface and its description
- `limits`: what clients may send and servers hold
- `quotas`: what people and boards may have, and how often they may ask for expensive things
- `upkeep`: what is kept for how long, daily jobs, the audit log and the log of the server

docs/configuration.md lists every variable with its default.
"""

from canvas_project.settings.applications import *
from canvas_project.settings.directory import *
from canvas_project.settings.identity import *
from canvas_project.settings.limits import *
from canvas_project.settings.mail import *
from canvas_project.settings.place import *
from canvas_project.settings.quotas import *
from canvas_project.settings.rest import *
from canvas_project.settings.saml import *
from canvas_project.settings.sign_in import *
from canvas_project.settings.storage import *
from canvas_project.settings.upkeep import *

"""How people sign in: django-allauth, second factors, an identity provider, passwords."""

from canvas_project.env import env_bool, env_int, env_list, env_networks, env_str, env_str_or_file

# Its own limits count in the cache; `accounts.sign_in` has ours.
ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
# Nobody has an address that was not verified: people sign up by a link that was sent to it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USERNAME_MIN_LENGTH = 1
ACCOUNT_FORMS = {
    "change_password": "accounts.sign_in.password_forms.PasswordChangeForm",
    "login": "accounts.sign_in.forms.SignInForm",
    "reauthenticate": "accounts.sign_in.password_forms.ConfirmForm",
    "reset_password": "accounts.sign_in.password_forms.PasswordResetForm",
    "reset_password_from_key": "accounts.sign_in.password_forms.NewPasswordForm",
    "set_password": "accounts.sign_in.password_forms.FirstPasswordForm",
}
MFA_ADAPTER = "accounts.sign_in.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.sign_in.second_factor_forms.ActivateAppForm",
    "add_webauthn": "accounts.sign_in.second_factor_forms.AddPasskeyForm",
    "authenticate": "accounts.sign_in.second_factor_forms.CodeForm",
    "authenticate_webauthn": "accounts.sign_in.second_factor_forms.KeyForm",
    "edit_webauthn": "accounts.sign_in.second_factor_forms.RenamePasskeyForm",
    "login_webauthn": "accounts.sign_in.second_factor_forms.PasskeyForm",
    "reauthenticate": "accounts.sign_in.second_factor_forms.ConfirmCodeForm",
    "reauthenticate_webauthn": "accounts.sign_in.second_factor_forms.ConfirmKeyForm",
}
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = False
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Canvas"
MFA_TOTP_TOLERANCE = 1  # codes of clocks that are up to 30 seconds off

# Whether people who are invited to a board may make accounts; and whose mail addresses may make
# them themselves.
CANVAS_SIGN_UP_INVITED = env_bool("CANVAS_SIGN_UP_INVITED", default=True)
CANVAS_SIGN_UP_DOMAINS = env_list("CANVAS_SIGN_UP_DOMAINS", [])
# Whom pages offer while someone types whom to share with: who shares a board, a space or a group
# with them, or everybody.
CANVAS_DIRECTORY = env_str("CANVAS_DIRECTORY", "shared")
# Without users, pages lead to making the administrator: on this machine, or with a token.
CANVAS_FIRST_START = env_bool("CANVAS_FIRST_START", default=True)

# OpenID Connect: set up by these alone. `accounts.oidc`
CANVAS_OIDC_ISSUER = env_str("CANVAS_OIDC_ISSUER")
CANVAS_OIDC_CLIENT_ID = env_str("CANVAS_OIDC_CLIENT_ID")
CANVAS_OIDC_CLIENT_SECRET = env_str_or_file("CANVAS_OIDC_CLIENT_SECRET")
CANVAS_OIDC_TOKEN_AUTH = env_str("CANVAS_OIDC_TOKEN_AUTH")
CANVAS_OIDC_SCOPES = env_str("CANVAS_OIDC_SCOPES", "openid profile email").split()
CANVAS_OIDC_NAME = env_str("CANVAS_OIDC_NAME", "Single sign-on")
CANVAS_OIDC_NAME_CLAIM = env_str("CANVAS_OIDC_NAME_CLAIM", "name")
CANVAS_OIDC_GROUPS_CLAIM = env_str("CANVAS_OIDC_GROUPS_CLAIM", "groups")
CANVAS_OIDC_GROUPS = env_list("CANVAS_OIDC_GROUPS", ["*"])
CANVAS_OIDC_MAX_GROUPS = env_int("CANVAS_OIDC_MAX_GROUPS", 200, at_least=1)
CANVAS_OIDC_STAFF_GROUPS = env_list("CANVAS_OIDC_STAFF_GROUPS", [])
CANVAS_OIDC_ADMIN_GROUPS = env_list("CANVAS_OIDC_ADMIN_GROUPS", [])
CANVAS_OIDC_SIGN_UP = env_bool("CANVAS_OIDC_SIGN_UP", default=True)
CANVAS_OIDC_LINK_EMAIL = env_bool("CANVAS_OIDC_LINK_EMAIL", default=False)
CANVAS_OIDC_ONLY = env_bool("CANVAS_OIDC_ONLY", default=False)
CANVAS_OIDC_ADMIN_PASSWORDS = env_bool("CANVAS_OIDC_ADMIN_PASSWORDS", default=True)

# A proxy that has asked people who they are says it in headers. `accounts.proxy_header`
CANVAS_PROXY_USER_HEADER = env_str("CANVAS_PROXY_USER_HEADER")
CANVAS_PROXY_ADDRESSES = env_networks("CANVAS_PROXY_ADDRESSES")
CANVAS_PROXY_EMAIL_HEADER = env_str("CANVAS_PROXY_EMAIL_HEADER")
CANVAS_PROXY_NAME_HEADER = env_str("CANVAS_PROXY_NAME_HEADER")
CANVAS_PROXY_GROUPS_HEADER = env_str("CANVAS_PROXY_GROUPS_HEADER")
CANVAS_PROXY_GROUPS_SEPARATOR = env_str("CANVAS_PROXY_GROUPS_SEPARATOR", ",")
CANVAS_PROXY_SIGN_UP = env_bool("CANVAS_PROXY_SIGN_UP", default=True)
CANVAS_PROXY_SIGN_OUT_URL = env_str("CANVAS_PROXY_SIGN_OUT_URL")
SOCIALACCOUNT_ADAPTER = "accounts.oidc.pages.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"

PASSWORD_HASHERS = [
    "accounts.sign_in.hashing.PasswordHasher",
    *(
        f"django.contrib.auth.hashers.{name}PasswordHasher"
        for name in ("PBKDF2SHA1", "Argon2", "BCryptSHA256", "Scrypt")
    ),
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "accounts.sign_in.password_words.WordsValidator"})
# Names of the organization, of projects and the like.
CANVAS_PASSWORD_WORDS = env_list("CANVAS_PASSWORD_WORDS", [])

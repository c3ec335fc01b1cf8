"""URLs of signing in and of accounts. Those of django-allauth's views have its names, which it
looks up.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, re_path

from accounts.account_page import pages as account_pages
from accounts.notifications import pages as notifications
from accounts.oidc import pages as oidc
from accounts.routes import both_spellings
from accounts.sign_in import email_page, pages, security
from accounts.sign_in.common import page
from accounts.sign_in.passkey_page import passkey_sign_in
from accounts.sign_in.policy import is_saml_configured
from accounts.sign_in.reset_page import password_reset
from accounts.sign_up import pages as sign_up


def saml_urls() -> list[URLPattern]:
    """By the names and the argument that django-allauth makes them of. Without SAML there are
    none: its packages may not be there.
    """
    if not is_saml_configured():
        return []
    from accounts.saml import pages as saml

    named = {
        "": ("saml_login", saml.saml_sign_in),
        "/answer": ("saml_acs", saml.saml_acs),
        "/finish": ("saml_finish_acs", saml.saml_finish),
        "/logout": ("saml_sls", saml.saml_logout),
        "/metadata": ("saml_metadata", saml.saml_metadata),
    }
    return [
        re_path(rf"^login/(?P<organization_slug>saml){end}/?$", view, name=name)
        for end, (name, view) in named.items()
    ]


urlpatterns = [
    *both_spellings("login", pages.sign_in, name="login"),
    *both_spellings("logout", oidc.sign_out, name="logout"),
    *both_spellings("account/sign-up", sign_up.sign_up, name="account_sign_up"),
    *both_spellings(
        "account/sign-up/<str:token>", sign_up.sign_up_link, name="account_sign_up_link"
    ),
    *both_spellings("login/provider", oidc.oidc_sign_in, name="oidc-sign-in"),
    *both_spellings("login/provider/callback", oidc.oidc_callback, name="oidc-callback"),
    *both_spellings("login/provider/logout", oidc.oidc_logout, name="oidc-logout"),
    *both_spellings(
        "login/code", page(factors.authenticate, "GET", "POST"), name="mfa_authenticate"
    ),
    *both_spellings(
        "login/passkey", page(passkey_sign_in, "GET", "POST"), name="mfa_login_webauthn"
    ),
    *both_spellings(
        "login/inactive", page(account.account_inactive, "GET"), name="account_inactive"
    ),
    *both_spellings("account", account_pages.account, name="account"),
    *both_spellings("account/preferences", account_pages.preferences, name="account-preferences"),
    *both_spellings("account/data", account_pages.own_data_download, name="account-data"),
    *both_spellings("account/picture", account_pages.picture_change, name="account-picture-change"),
    *both_spellings("account/picture/<slug:key>", account_pages.picture, name="account-picture"),
    *both_spellings("account/security", security.security, name="account-security"),
    *both_spellings("account/sessions/end", security.sessions_end, name="account-sessions-end"),
    *both_spellings(
        "account/sessions/<int:sign_in_id>/end", security.session_end, name="account-session-end"
    ),
    *both_spellings(
        "account/password",
        page(account.password_change, "GET", "POST"),
        name="account_change_password",
    ),
    *both_spellings(
        "account/password/set",
        page(account.password_set, "GET", "POST"),
        name="account_set_password",
    ),
    *both_spellings(
        "account/password/reset",
        page(password_reset, "GET", "POST"),
        name="account_reset_password",
    ),
    *both_spellings(
        "account/password/reset/sent",
        page(account.password_reset_done, "GET"),
        name="account_reset_password_done",
    ),
    *both_spellings(
        "account/password/reset/done",
        page(account.password_reset_from_key_done, "GET"),
        name="account_reset_password_from_key_done",
    ),
    # The key has dashes too.
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]{1,20})-(?P<key>[^/]{1,200})/?$",
        page(account.password_reset_from_key, "GET", "POST"),
        name="account_reset_password_from_key",
    ),
    *both_spellings(
        "account/email", page(email_page.email_page, "GET", "POST"), name="account_email"
    ),
    *both_spellings(
        "account/email/<str:key>",
        page(email_page.confirm_page, "GET", "POST"),
        name="account_confirm_email",
    ),
    *both_spellings(
        "account/confirm",
        page(account.reauthenticate, "GET", "POST"),
        name="account_reauthenticate",
    ),
    *both_spellings(
        "account/confirm/code",
        page(factors.reauthenticate, "GET", "POST"),
        name="mfa_reauthenticate",
    ),
    *both_spellings(
        "account/confirm/passkey",
        page(passkeys.reauthenticate_webauthn, "GET", "POST"),
        name="mfa_reauthenticate_webauthn",
    ),
    *both_spellings(
        "account/app", page(app.activate_totp, "GET", "POST"), name="mfa_activate_totp"
    ),
    *both_spellings(
        "account/app/remove", page(app.deactivate_totp, "GET", "POST"), name="mfa_deactivate_totp"
    ),
    *both_spellings(
        "account/codes", page(codes.view_recovery_codes, "GET"), name="mfa_view_recovery_codes"
    ),
    *both_spellings(
        "account/codes/new",
        page(codes.generate_recovery_codes, "GET", "POST"),
        name="mfa_generate_recovery_codes",
    ),
    *both_spellings(
        "account/passkeys/add", page(passkeys.add_webauthn, "GET", "POST"), name="mfa_add_webauthn"
    ),
    *both_spellings(
        "account/passkeys/<int:pk>/rename",
        page(passkeys.edit_webauthn, "GET", "POST"),
        name="mfa_edit_webauthn",
    ),
    *both_spellings(
        "account/passkeys/<int:pk>/remove",
        page(passkeys.remove_webauthn, "GET", "POST"),
        name="mfa_remove_webauthn",
    ),
    *both_spellings("account/notifications", notifications.notifications, name="notifications"),
    *both_spellings(
        "account/notifications/read", notifications.read_all, name="notifications-read"
    ),
    *both_spellings(
        "account/notifications/mail", notifications.mail_choice, name="notifications-mail"
    ),
    *both_spellings("mail/stop", notifications.StopMail.as_view(), name="notifications-stop"),
    *saml_urls(),
    # Names that django-allauth goes to.
    *both_spellings("login", pages.sign_in, name="account_login")[:1],
    *both_spellings("account/security", security.security, name="mfa_index")[:1],
    *both_spellings("account/security", security.security, name="mfa_list_webauthn")[:1],
]

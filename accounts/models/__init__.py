"""Models of accounts; each feature has a file."""

from accounts.models.counting import RateCount
from accounts.models.notifications import Notification, UnwantedMail
from accounts.models.profile import Picture, Profile
from accounts.models.provider_groups import ProviderGroup
from accounts.models.service_accounts import ServiceAccount
from accounts.models.sign_ins import CredentialsEpoch, SignIn
from accounts.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "CredentialsEpoch",
    "Notification",
    "Picture",
    "Profile",
    "ProviderGroup",
    "RateCount",
    "ServiceAccount",
    "SignIn",
    "UnwantedMail",
]

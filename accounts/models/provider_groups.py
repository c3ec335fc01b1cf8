"""Which groups an identity provider decides about."""

from django.contrib.auth.models import Group
from django.db import models


class ProviderGroup(models.Model):
    """A group that an identity provider named. The provider says who is in it, for people
    who sign in there; an administrator may add others.
    """

    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, primary_key=True, related_name="provider_group"
    )

    def __str__(self) -> str:
        return f"group {self.group_id} of the identity provider"

"""The permissions on a board's page in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext

from boards.models import Board, BoardPermission

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    PermissionModelForm = forms.ModelForm[BoardPermission]
    PermissionInlineFormSet = forms.BaseInlineFormSet[
        BoardPermission, Board, forms.ModelForm[BoardPermission]
    ]
    PermissionTabularInline = admin.TabularInline[BoardPermission, Board]
else:
    PermissionModelForm = forms.ModelForm
    PermissionInlineFormSet = forms.BaseInlineFormSet
    PermissionTabularInline = admin.TabularInline


class PermissionForm(PermissionModelForm):
    """Reports before saving what the service would refuse."""

    class Meta:
        model = BoardPermission
        fields = ("user", "group", "is_public", "level")

    def clean(self) -> dict[str, Any] | None:
        """The owner has no permission, and a deactivated account gets none."""
        cleaned = super().clean()
        user = self.cleaned_data.get("user")
        if user is not None and user.pk == self.instance.board.owner_id:
            raise ValidationError({"user": gettext("The owner has every right already.")})
        if user is not None and not user.is_active:
            raise ValidationError({"user": gettext("This account is deactivated.")})
        return cleaned


class PermissionFormSet(PermissionInlineFormSet):
    def clean(self) -> None:
        """A second row for the same subject would silently replace the first."""
        super().clean()
        values = [getattr(form, "cleaned_data", {}) for form in self.forms]
        kept = [value for value in values if value and not value.get(DELETION_FIELD_NAME)]
        subjects = [(value.get("user"), value.get("group")) for value in kept]
        if len(subjects) != len(set(subjects)):
            raise ValidationError(gettext("Name everybody once, and the public link once."))


class PermissionInline(PermissionTabularInline):
    model = BoardPermission
    form = PermissionForm
    formset = PermissionFormSet
    fields = ("user", "group", "is_public", "level", "granted_by", "updated_at")
    readonly_fields = ("granted_by", "updated_at")
    autocomplete_fields = ("user", "group")
    extra = 0

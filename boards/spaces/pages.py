"""The page of a space's settings and members, and the forms of spaces and folders on the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.account_page.menu import picture_of
from audit.actor import Actor
from boards.identity.names import display_name
from boards.models import SPACE_NAME_MAX_LENGTH, PermissionLevel, Space
from boards.pages.common import actor_of, signed_in_user
from boards.pages.subject_forms import (
    AddForm,
    ChangeForm,
    EmptyForm,
    Operation,
    RemoveForm,
    TransferForm,
    Values,
)
from boards.pages.subject_rows import subject_row
from boards.quotas.refusals import refusals_as_errors
from boards.spaces.entry import edited_space, folder_of, managed_space, seen_space
from boards.spaces.folders import folder_create, folder_delete, folder_rename
from boards.spaces.forms import FolderForm, NameForm
from boards.spaces.members import space_leave, space_permission_grant, space_permission_revoke
from boards.spaces.services import space_create, space_delete, space_rename, space_transfer


def address_of_space(space: Space | UUID, folder_id: UUID | None = None) -> str:
    """The list of its boards."""
    space_id = space.pk if isinstance(space, Space) else space
    folder = f"&folder={folder_id}" if folder_id else ""
    return f"{reverse('home')}?space={space_id}{folder}"


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """A new space, shown at once."""
    form = NameForm(request.POST)
    space = None
    if form.is_valid():
        owner, name = signed_in_user(request), form.cleaned_data["name"]
        with refusals_as_errors(form):
            space = space_create(owner=owner, name=name, by=actor_of(request))
    _say_errors(request, form)
    return redirect(address_of_space(space) if space else "home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest, space_id: UUID) -> HttpResponse:
    """Its name, its members, its owner; or one change of them. Only for people who manage it."""
    space = managed_space(request.user, space_id)
    if request.method != "POST":
        return _settings(request, space)
    name = request.POST.get("operation", "")
    operation = _OPERATIONS.get(name)
    if operation is None:
        messages.error(request, gettext("This isn't possible here."))
        return _settings(request, space, status=422)
    form = operation.form(request.POST)
    if form.is_valid():
        with refusals_as_errors(form):
            operation.apply(space, form.cleaned_data, actor_of(request))
    if not form.is_valid():
        return _settings(request, space, status=422, **{f"{name}_form": form})
    if name == "delete":
        text = gettext("The space “%(name)s” was deleted. Its boards are with their owners.")
        messages.success(request, text % {"name": space.name})
        return redirect("home")
    if name == "transfer":
        return redirect(address_of_space(space))
    return redirect("space-settings", space.pk)


@require_POST
def leave(request: HttpRequest, space_id: UUID) -> HttpResponse:
    """Give up one's own level."""
    space, _ = seen_space(request.user, space_id)
    form = EmptyForm(request.POST)
    form.is_valid()
    user, by = signed_in_user(request), actor_of(request)
    with refusals_as_errors(form):
        space_leave(space=space, user=user, by=by)
    _say_errors(request, form)
    return redirect("home" if form.is_valid() else address_of_space(space))


@require_POST
def folder_new(request: HttpRequest, space_id: UUID) -> HttpResponse:
    """A new folder, in the space or in another folder."""
    space = edited_space(request.user, space_id)
    form = FolderForm(request.POST)
    parent = None
    if form.is_valid():
        if parent_id := form.cleaned_data["parent"]:
            parent = folder_of(space, parent_id)
        name = form.cleaned_data["name"]
        with refusals_as_errors(form):
            folder_create(space=space, name=name, parent=parent, by=actor_of(request))
    _say_errors(request, form)
    return redirect(address_of_space(space, parent.pk if parent else None))


@require_POST
def folder_change(request: HttpRequest, space_id: UUID, folder_id: UUID) -> HttpResponse:
    """Rename a folder, or with `operation=delete` delete it."""
    space = edited_space(request.user, space_id)
    folder = folder_of(space, folder_id)
    above = folder.parent_id
    form: forms.Form
    if request.POST.get("operation") == "delete":
        form = EmptyForm(request.POST)
        form.is_valid()
        with refusals_as_errors(form):
            folder_delete(folder=folder, by=actor_of(request))
    else:
        form = NameForm(request.POST)
        if form.is_valid():
            name = form.cleaned_data["name"]
            with refusals_as_errors(form):
                folder_rename(folder=folder, name=name, by=actor_of(request))
    _say_errors(request, form)
    return redirect(address_of_space(space, above))


def _say_errors(request: HttpRequest, form: forms.Form) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))


def _settings(
    request: HttpRequest, space: Space, *, status: int = 200, **extra: Any
) -> HttpResponse:
    rows = space.permissions.select_related("user__service_account", "user__profile", "group")
    failed = [form for name, form in extra.items() if name not in _FORMS_WITH_A_PLACE]
    context = {
        "space": space,
        "action": reverse("space-settings", args=[space.pk]),
        "suggest": reverse("api-space-suggestions", args=[space.pk]),
        "owner_name": display_name(space.owner),
        "owner_picture": picture_of(space.owner),
        "given": [subject_row(row) for row in rows.order_by("group__name", "user__username")],
        "levels": PermissionLevel.choices,
        "board_count": space.boards.count(),
        "name_max_length": SPACE_NAME_MAX_LENGTH,
        "list_url": address_of_space(space),
        "failed_forms": failed,
        **extra,
    }
    return render(request, "boards/space_settings.html", context, status=status)


def _grant(space: Space, values: Values, by: Actor) -> None:
    subject, level = values["subject"], values["level"]
    space_permission_grant(space=space, subject=subject, level=level, by=by)


_OPERATIONS: dict[str, Operation[Space]] = {
    "rename": Operation(
        NameForm, lambda space, values, by: space_rename(space=space, name=values["name"], by=by)
    ),
    "add": Operation(AddForm, _grant),
    "change": Operation(ChangeForm, _grant),
    "remove": Operation(
        RemoveForm,
        lambda space, values, by: space_permission_revoke(
            space=space, subject=values["subject"], by=by
        ),
    ),
    "transfer": Operation(
        TransferForm,
        lambda space, values, by: space_transfer(space=space, new_owner=values["user"], by=by),
    ),
    "delete": Operation(EmptyForm, lambda space, values, by: space_delete(space=space, by=by)),
}
"""By the name that the form sends."""

_FORMS_WITH_A_PLACE = ("rename_form", "add_form", "transfer_form")
"""The errors of these forms are shown in them; those of others above all rows."""

"""Turns refusals of services into errors of the form that asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.core.exceptions import ValidationError

from boards.quotas.checks import QuotaError


@contextmanager
def refusals_as_errors(form: forms.Form) -> Iterator[None]:
    """Adds what a service refuses to the form. Only the texts: a service's field need not be a
    field of this form."""
    try:
        yield
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    except QuotaError as refusal:
        form.add_error(None, ValidationError(str(refusal)))

"""Boards and what belongs to them in the admin. `sync.admin` adds documents."""

from django.contrib import admin

from accounts.sign_in.forms import AdminSignInForm
from boards.admin import board, files, people, sharing  # noqa: F401  importing registers their admins

# The admin has a sign-in page of its own; guessing is limited there too.
admin.site.login_form = AdminSignInForm
admin.site.site_header = admin.site.site_title = "Canvas administration"

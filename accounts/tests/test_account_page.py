"""The account page: name, picture, language and theme."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.account_page.menu import hue_of, initials_of
from accounts.account_page.pictures import SIZE_PIXELS
from accounts.models import Picture, Profile
from accounts.tests.people import client_of, make_user
from audit.models import AuditLog


def image_file(width: int = 900, height: int = 400, format: str = "JPEG") -> SimpleUploadedFile:
    out = io.BytesIO()
    image = Image.new("RGB", (width, height), "red")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    image.save(out, format, exif=exif)
    return SimpleUploadedFile("me.jpg", out.getvalue(), content_type="image/jpeg")


def test_strangers_are_sent_to_sign_in(db: None) -> None:
    for path in ("/account", "/account/picture/abc"):
        assert Client().get(path)["Location"].startswith("/login")
    for path in ("/account", "/account/picture", "/account/preferences"):
        assert Client().post(path, {"theme": "dark"})["Location"].startswith("/login")
    assert not Profile.objects.exists()


def test_a_name_is_seen_by_others_and_leaves_a_row(alice: User) -> None:
    client = client_of(alice)
    name = {"first_name": "  Alice\u202e ", "last_name": "van  Dam", "is_superuser": "on"}
    assert client.post("/account", name)["Location"] == "/account"
    alice.refresh_from_db()
    assert (alice.first_name, alice.last_name, alice.is_superuser) == ("Alice", "van Dam", False)
    row = AuditLog.objects.get(action="account_update")
    assert row.data == {"field": "name", "old": "", "new": "Alice van Dam"}
    page = client.get("/account").content.decode()
    assert "Alice van Dam" in page
    assert ">AD<" in page


def test_a_name_too_long_is_refused(alice: User) -> None:
    response = client_of(alice).post("/account", {"first_name": "a" * 151})
    assert response.status_code == 422
    assert User.objects.get(pk=alice.pk).first_name == ""


def test_a_picture_is_small_square_and_without_metadata(alice: User) -> None:
    client = client_of(alice)
    assert client.post("/account/picture", {"picture": image_file()}).status_code == 302
    row = Picture.objects.get(user=alice)
    with Image.open(io.BytesIO(bytes(row.image))) as image:
        assert image.size == (SIZE_PIXELS, SIZE_PIXELS)
        assert image.format == "WEBP"
        assert not image.getexif()
    assert b"taken at home" not in bytes(row.image)
    address = f"/account/picture/{row.key}"
    assert address in client.get("/").content.decode()
    shown = client_of(make_user("bob")).get(address)
    assert shown["Content-Type"] == "image/webp"
    assert "immutable" in shown["Cache-Control"]
    assert shown["X-Content-Type-Options"] == "nosniff"

    client.post("/account/picture", {"picture": image_file(300, 300, "PNG")})
    assert Picture.objects.get(user=alice).key != row.key
    assert client.get(address).status_code == 404
    client.post("/account/picture", {"remove": "1"})
    assert not Picture.objects.exists()
    assert AuditLog.objects.filter(action="account_update").count() == 3
    assert "<img" not in client.get("/account").content.decode()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 200, "image"),
        (image_file().read()[:600], "damaged"),
        (b"", "empty"),
    ],
)
def test_what_is_no_picture_is_refused(alice: User, content: bytes, text: str) -> None:
    upload = SimpleUploadedFile("me.png", content, content_type="image/png")
    response = client_of(alice).post("/account/picture", {"picture": upload})
    assert response.status_code == 422
    assert text in response.content.decode()
    assert not Picture.objects.exists()


def test_a_picture_above_its_limits_is_refused(alice: User, settings: Settings) -> None:
    settings.CANVAS_MAX_PICTURE_PIXELS = 100_000
    response = client_of(alice).post("/account/picture", {"picture": image_file()})
    assert response.status_code == 422
    settings.CANVAS_MAX_PICTURE_PIXELS, settings.CANVAS_MAX_PICTURE_BYTES = 1_000_000, 100
    response = client_of(alice).post("/account/picture", {"picture": image_file()})
    assert response.status_code == 422
    assert not Picture.objects.exists()


def test_changes_are_limited(alice: User, settings: Settings) -> None:
    client = client_of(alice)
    answers = [
        client.post("/account", {}).status_code
        for _ in range(settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR + 1)
    ]
    assert answers == [302] * settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR + [429]


def test_the_language_goes_with_the_person(alice: User, settings: Settings) -> None:
    client_of(alice).post("/account/preferences", {"language": "de", "theme": "dark"})
    other = client_of(alice)
    page = other.get("/account", headers={"Accept-Language": "en"})
    assert page["Content-Language"] == "de"
    assert 'lang="de"' in page.content.decode()
    other.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert other.get("/account")["Content-Language"] == "de"
    bob = client_of(make_user("bob")).get("/account", headers={"Accept-Language": "en"})
    assert bob["Content-Language"] == "en"


def test_the_language_menu_is_kept_for_the_person(alice: User) -> None:
    client_of(alice).post("/language", {"language": "de", "next": "/"})
    assert Profile.objects.get(user=alice).language == "de"
    assert client_of(alice).get("/")["Content-Language"] == "de"


def test_the_theme_is_on_every_page(alice: User) -> None:
    client = client_of(alice)
    assert "data-chosen-theme" not in client.get("/").content.decode()
    client.post("/account/preferences", {"theme": "dark"})
    for path in ("/", "/account", "/account/security", "/no/such/page"):
        assert 'data-theme="dark"' in client.get(path).content.decode(), path
    client.post("/account/preferences", {"theme": "auto"})
    page = client.get("/").content.decode()
    head = page.split("<body")[0]
    assert 'data-chosen-theme="auto"' in head
    assert "data-theme=" not in head


def test_unknown_preferences_change_nothing(alice: User) -> None:
    client_of(alice).post("/account/preferences", {"theme": "pink", "language": "xx"})
    assert not Profile.objects.exists()


def test_initials_and_colours_are_those_of_the_comments() -> None:
    assert initials_of("Alice van Dam") == "AD"
    assert initials_of("bob") == "B"
    assert initials_of("") == ""
    assert hue_of("1") == 873_244_444 % 12

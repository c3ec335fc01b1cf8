"""Answers of an identity provider that were changed on the way."""

from __future__ import annotations

import copy
from typing import Any

NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


def unsigned(document: Any) -> None:
    for signature in document.findall(".//ds:Signature", NAMES):
        signature.getparent().remove(signature)


def another_name(document: Any) -> None:
    document.find(".//saml:NameID", NAMES).text = "admin"


def a_comment_in_the_name(document: Any) -> None:
    """A name of which some parsers read the part before the comment alone."""
    from lxml import etree

    name = document.find(".//saml:NameID", NAMES)
    name.text, comment = "ad", etree.Comment("x")
    comment.tail = "min"
    name.append(comment)


def _evil(document: Any) -> Any:
    """A copy of the assertion for somebody else, with another id and no signature."""
    evil = copy.deepcopy(document.find("saml:Assertion", NAMES))
    unsigned(evil)
    evil.set("ID", "_evil")
    evil.find(".//saml:NameID", NAMES).text = "admin"
    return evil


def wrapped_before(document: Any) -> None:
    document.insert(list(document).index(document.find("saml:Assertion", NAMES)), _evil(document))


def wrapped_after(document: Any) -> None:
    document.append(_evil(document))


def wrapped_around(document: Any) -> None:
    """The signed assertion inside of the other's signature."""
    right, evil = document.find("saml:Assertion", NAMES), _evil(document)
    signature = right.find("ds:Signature", NAMES)
    document.replace(right, evil)
    right.remove(signature)
    evil.insert(1, signature)
    signature.append(right)


def wrapped_in_extensions(document: Any) -> None:
    from lxml import etree

    right, evil = document.find("saml:Assertion", NAMES), _evil(document)
    document.replace(right, evil)
    place = etree.SubElement(document, f"{{{NAMES['samlp']}}}Extensions")
    place.append(right)


def same_id_twice(document: Any) -> None:
    evil = _evil(document)
    evil.set("ID", document.find("saml:Assertion", NAMES).get("ID"))
    document.append(evil)

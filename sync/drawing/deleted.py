"""Which content of a document was deleted, and what belongs to it. Pure: knows no framework."""

from collections.abc import Iterable
from typing import Any

from sync.drawing.elements import is_deleted

Content = dict[str, dict[str, Any]]


def without_deleted(content: Content) -> Content:
    """The content as newcomers may have it."""
    elements = {key: groups for key, groups in content["elements"].items() if not is_gone(groups)}
    gone = content["elements"].keys() - elements.keys()
    files = files_of(content["elements"], gone) - files_of(content["elements"], elements)
    return {
        **content,
        "elements": elements,
        "files": {key: value for key, value in content["files"].items() if key not in files},
        "conflicts": {
            key: value for key, value in content["conflicts"].items() if not is_of(key, gone)
        },
    }


def is_gone(groups: Any) -> bool:
    """Whether the value is an element with a tombstone."""
    return isinstance(groups, dict) and is_deleted(groups)


def files_of(elements: dict[str, Any], keys: Iterable[str]) -> set[str]:
    """The ids of the images that some elements show."""
    some = (elements[key] for key in keys)
    ids = (groups.get("fileId") for groups in some if isinstance(groups, dict))
    return {file_id for file_id in ids if isinstance(file_id, str)}


def is_of(conflict: str, elements: set[str]) -> bool:
    """Whether a conflict record `element/group` is about one of the elements."""
    return conflict.rpartition("/")[0] in elements

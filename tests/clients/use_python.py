"""Uses the generated Python client as someone else's program would: URL and image as arguments.

Checked by mypy against the generated code. Prints the board's id.
"""

import io
import sys
from pathlib import Path
from uuid import UUID

from canvas_client import AuthenticatedClient, Client
from canvas_client.api.auth import auth_token
from canvas_client.api.boards import boards_create, boards_list
from canvas_client.api.comments import comments_create, comments_list
from canvas_client.api.drawing import (
    document_read,
    document_update,
    elements_read,
    elements_write,
    export,
    import_,
)
from canvas_client.api.images import files_retrieve, files_upload
from canvas_client.api.sharing import permissions_grant
from canvas_client.api.versions import versions_create, versions_restore
from canvas_client.models import (
    AccessToken,
    BatchResult,
    Board,
    ChangedElement,
    CredentialsRequest,
    Drawing,
    DrawingFile,
    DrawingFileRequest,
    ElementBatchRequest,
    ElementType,
    Image,
    Imported,
    Invalid,
    Level,
    NewBoardRequest,
    NewElement,
    NewThreadRequest,
    PaginatedBoardList,
    PaginatedThreadList,
    Permission,
    PermissionRequest,
    PointAnchor,
    Problem,
    Sequence,
    Thread,
    Version,
    VersionRequest,
)
from canvas_client.types import File


def main(url: str, image: Path) -> UUID:
    """Calls everything once; wrong types fail here or in mypy."""
    guest = Client(base_url=url)
    wrong = auth_token.sync(client=guest, body=CredentialsRequest("alice", "wrong"))
    assert isinstance(wrong, Problem)
    token = auth_token.sync(client=guest, body=CredentialsRequest("alice", "canvas-demo"))
    assert isinstance(token, AccessToken)
    client = AuthenticatedClient(base_url=url, token=token.access)

    board = boards_create.sync(client=client, body=NewBoardRequest(title="By Python"))
    assert isinstance(board, Board)
    assert board.level == Level.EDIT
    empty = boards_create.sync(client=client, body=NewBoardRequest(title=""))
    assert isinstance(empty, Invalid)
    assert empty.detail
    page = boards_list.sync(client=client, q="By Python")
    assert isinstance(page, PaginatedBoardList)
    assert board.id in [one.id for one in page.results]
    shared = permissions_grant.sync(
        board.id, client=client, body=PermissionRequest(level=Level.VIEW, user="bob")
    )
    assert isinstance(shared, Permission)

    box = NewElement(ElementType.RECTANGLE, id="box", x=10, y=20, width=200, height=100)
    made = elements_write.sync(board.id, client=client, body=ElementBatchRequest(create=[box]))
    assert isinstance(made, BatchResult)
    assert made.created == ["box"]
    version = versions_create.sync(board.id, client=client, body=VersionRequest(name="First"))
    assert isinstance(version, Version)
    moved = ChangedElement(id="box", x=500)
    elements_write.sync(board.id, client=client, body=ElementBatchRequest(change=[moved]))
    drawing = elements_read.sync(board.id, client=client)
    assert isinstance(drawing, Drawing)
    assert [(one.id, one.type_, one.x) for one in drawing.elements] == [("box", "rectangle", 500)]
    restored = versions_restore.sync(board.id, version.id, client=client)
    assert isinstance(restored, Sequence)

    payload = File(payload=io.BytesIO(image.read_bytes()))
    uploaded = files_upload.sync(board.id, "picture", client=client, body=payload)
    assert isinstance(uploaded, Image)
    back = files_retrieve.sync(board.id, "picture", client=client)
    assert isinstance(back, File)
    assert len(back.payload.read()) == uploaded.size

    words = NewThreadRequest(body="Here?", anchor=PointAnchor(x=10, y=20))
    assert isinstance(comments_create.sync(board.id, client=client, body=words), Thread)
    threads = comments_list.sync(board.id, client=client)
    assert isinstance(threads, PaginatedThreadList)
    assert [one.comments[0].body for one in threads.results] == ["Here?"]

    file = export.sync(board.id, client=client)
    assert isinstance(file, DrawingFile)
    assert [one.id for one in file.elements] == ["box"]
    update = document_read.sync(board.id, client=client)
    assert isinstance(update, File)
    copy = boards_create.sync(client=client, body=NewBoardRequest(title="Copy"))
    assert isinstance(copy, Board)
    assert isinstance(document_update.sync(copy.id, client=client, body=update), Sequence)
    again = DrawingFileRequest.from_dict(file.to_dict())
    assert isinstance(import_.sync(copy.id, client=client, body=again), Imported)
    return UUID(str(board.id))


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2])))

"""The way in for programs: changes, versions, copies, files and scheduled work.

- `committing`: commits what a program changes on a board on which others may be drawing.
- `demo_board`: creates the demo users, and a board that shows what the product can do.
- `demo_password`: where the documented password of the demo users is acceptable.
- `documents`: the documents that programs read and change, in one thread's hands at a time.
- `encodings`: whole documents as response bodies, made in short steps.
- `export`: a board as an `.excalidraw` file, with its images.
- `foreign_files`: the drawing in a file that is imported, of whatever program.
- `from_files`: makes a new board from an `.excalidraw` file, or none.
- `history`: gives a board a fresh history: the same drawing without the old client ids and
  deletions.
- `imported_images`: stores the images of such a file, and says which could not be taken.
- `imports`: imports an `.excalidraw` file into a board, with its images.
- `jobs`: the daily jobs: which are due, and that each is run by one process.
- `libraries`: reads items of libraries from programs and files, and writes such files.
- `maintenance`: what administrators do to documents and live sessions, with audit rows.
- `new_boards`: the first drawing of a new, empty board: a copy of another board's, or one from a
  template.
- `own_boards`: all boards of a person, and their library, as one zip, made while it is sent.
- `pages`: the thumbnail of a board.
- `pictures`: a board as SVG, PNG or PDF, drawn by the code of the page.
- `search_index`: keeps the search index up to date.
- `shared_reads`: makes what several people read of one state of a board only once.
- `tombstones`: removes elements for good that were deleted long ago.
- `version_pages`: the versions of a board as a plain page, for a board that can't be opened.
- `versions`: restore points: named by people, or automatic and thinned out as they age.
- `writes`: changes made by programs: REST, imports, restored versions.
"""

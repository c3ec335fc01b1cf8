"""The way in for programs: changes, versions, copies, files and the work that is due by itself.

- `demo_board`: makes the demo: users that can sign in, and a board that shows what the product
  can do.
- `demo_password`: the demo's users have a password that everybody knows: fine where only this
  machine gets in.
- `encodings`: whole documents as the bodies of answers, made in short steps.
- `export`: A board as an `.excalidraw` file, with its images.
- `history`: gives a board a fresh history: the same drawing, without what every client had to
  repeat.
- `imports`: an `.excalidraw` file into a board, with its images.
- `jobs`: the daily jobs: which are due, and that only one process runs each.
- `maintenance`: what administrators do to the document or the live sessions of a board; each
  leaves its row.
- `pages`: the small picture of a board for lists.
- `shared_reads`: what several people read of one state of a board is made once.
- `tombstones`: removes for good what was deleted long ago, so that a board does not carry it
  for ever.
- `version_pages`: the versions of a board as a plain page: a way back for a board that no page
  can show.
- `versions`: restore points: named by people, or made by themselves and thinned as they age.
- `writes`: changes that programs make: through REST, imports, restored versions.
"""

"""What a drawing is made of: elements, their bounds, files, shapes and pictures. Pure.

- `bounds`: how large, long and deep values of a document may be, and of which shape.
- `checks`: checks elements from files and programs: shapes, bounds and, for programs, names.
- `deleted`: which content of a document was deleted, and what belongs to it.
- `demo`: the drawing on the demo board: a tour of what can be drawn.
- `diagram_picture`: the diagram inside a picture that draw.io exported with it.
- `elements`: one canvas element as the keys of its map in the document, and back.
- `file`: what an `.excalidraw` file contains, and may contain.
- `file_reader`: reads an `.excalidraw` file from disk, one element at a time.
- `fresh_ids`: copies of elements with new ids, with the references between them kept.
- `indices`: fractional indices above all existing ones.
- `library`: the items of an `.excalidrawlib` as elements of a drawing.
- `model`: what an element consists of, and where its bounds are written: `element_bounds.json`.
- `picture`: the drawing inside a picture that was exported with its scene: PNG or SVG.
- `restoring`: elements of files of any age in their present form, by the rules of the editor.
- `scene`: reads and changes a document as Excalidraw elements: what REST, imports and versions
  speak.
- `shapes`: complete Excalidraw elements from a few words: what drawings made here are made of.
- `templates`: the drawings that a new board can begin with, in the creator's language.
- `texts`: how large texts are, where there is no browser to measure them.
- `thumbnail`: a small picture of a drawing as SVG, for lists of boards.
- `thumbnail_shapes`: one element of a drawing as SVG, in the coordinates of a small picture.
"""

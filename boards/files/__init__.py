"""The images on a board: checked, kept, served.

- `api`: images by REST: upload once, read for as long as one may see the board.
- `images`: checking uploaded images: only what Pillow decodes and we have encoded anew is ever
  kept.
- `serializers`: shapes of images.
- `storage`: keeping the images of boards: bytes on disk, a row that describes them.
"""

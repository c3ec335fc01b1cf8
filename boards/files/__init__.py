"""Images on boards: checked, stored, served.

- `api`: REST views of a board's images.
- `images`: checks uploaded images. Only images that Pillow decoded and that were encoded again
  are stored.
- `serializers`: REST serializers of images.
- `storage`: stores the images of boards: bytes on disk, described by rows.
"""

"""The software bill of materials: every package that the product is made of, in CycloneDX.

    make sbom    # CANVAS_DATA_DIR/sbom/canvas.cdx.json

Made from the lock files of both ecosystems, so it says what is installed wherever they are, with
the hashes that are checked. The same lock files give the same bytes.

- `licences`: which licences are taken, and which licence a package has
- `materials`: the bill
"""

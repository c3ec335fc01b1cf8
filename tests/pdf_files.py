"""PDFs for tests: honest ones, and such as nobody wants."""

import base64
import io

import typst
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(pages: int) -> bytes:
    """A PDF with letters, a shape, and the number of each page; the second lies on its side."""
    sheets = [
        f"#page(width: {600 if n == 2 else 400}pt, height: {400 if n == 2 else 600}pt)"
        f'[= Page {n}\n#rect(width: 200pt, height: 100pt, fill: rgb("#e03131"))]'
        for n in range(1, pages + 1)
    ]
    compiled = typst.compile("\n".join(sheets).encode(), format="pdf")
    assert isinstance(compiled, bytes)
    return compiled


def empty_pdf(pages: int, side: float = 200, password: str = "") -> bytes:
    """A PDF of empty square pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(side, side)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def in_base64(data: bytes) -> str:
    """As `BoardPage.drop` takes the content of a file."""
    return base64.b64encode(data).decode()


def pdf_without_its_font() -> bytes:
    """A PDF that names a font of symbols and leaves it out, as it may."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/ZapfDingbats"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    fonts = DictionaryObject({NameObject("/F"): named})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(b"BT /F 100 Tf 20 60 Td (n) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(content)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()

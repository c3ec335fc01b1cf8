"""The process that draws, reads and converts, started by `sync.rendering.process`. A program of its
own: it imports nothing else of ours, and knows no secret.

- `__main__`: takes the order, gives up what it may do, and answers.
- `data_urls`: pictures as addresses that hold their bytes.
- `drawing`: boards as SVG, PNG or PDF.
- `engine`: the built code of the page, in V8.
- `pixels`: a PNG of pictures that boards do not keep.
- `reading`: files of other programs.
- `refusal`: what is refused.
"""

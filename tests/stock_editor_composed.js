() => {
  const { convertToExcalidrawElements, ROUNDNESS, FONT_FAMILY } = excalidraw
  const picture = {
    id: 'e8a1f1c9d4b7a6e5f0c3d2b1a09f8e7d6c5b4a39',
    mimeType: 'image/png',
    created: 1700000000000,
    dataURL:
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==',
  }
  editor.addFiles([picture])
  const text = (id, more) => ({ type: 'text', id, text: 'Words', fontSize: 28, ...more })
  const box = (id, x, y, more) => ({ type: 'rectangle', id, x, y, width: 120, height: 60, ...more })
  const elements = convertToExcalidrawElements(
    [
      box('sharp', 0, 0, { fillStyle: 'hachure', backgroundColor: '#ffc9c9', angle: 0.7, locked: true }),
      box('round', 200, 0, {
        roundness: { type: ROUNDNESS.ADAPTIVE_RADIUS, value: 20 }, strokeStyle: 'dashed', strokeWidth: 4,
        roughness: 2, opacity: 40, fillStyle: 'zigzag', backgroundColor: '#a5d8ff', link: 'https://example.org/',
      }),
      { type: 'diamond', id: 'diamond', x: 400, y: 0, width: 100, height: 80, strokeStyle: 'dotted',
        customData: { ours: { list: [1, null, 'x'], deep: { a: true } } }, groupIds: ['inner', 'outer'] },
      { type: 'ellipse', id: 'ellipse', x: 600, y: 0, width: 100, height: 80, groupIds: ['inner', 'outer'],
        fillStyle: 'cross-hatch', backgroundColor: '#b2f2bb' },
      box('third', 800, 0, { groupIds: ['outer'], label: { text: 'A label', fontSize: 16, textAlign: 'left' } }),
      { type: 'ellipse', id: 'labelled', x: 0, y: 150, width: 140, height: 90, label: { text: 'Start' } },
      { type: 'diamond', id: 'target', x: 400, y: 150, width: 140, height: 90, label: { text: 'Goal' } },
      { type: 'arrow', id: 'bound', x: 150, y: 195, width: 240, height: 0, label: { text: 'goes to' },
        start: { id: 'labelled' }, end: { id: 'target' },
        startArrowhead: 'circle_outline', endArrowhead: 'crowfoot_one_or_many' },
      { type: 'arrow', id: 'bent', x: 600, y: 150, points: [[0, 0], [60, -40], [120, 30]],
        roundness: { type: ROUNDNESS.PROPORTIONAL_RADIUS }, startArrowhead: 'diamond', endArrowhead: 'triangle' },
      { type: 'line', id: 'line', x: 800, y: 150, points: [[0, 0], [90, 40], [0, 80], [0, 0]],
        backgroundColor: '#ffec99', fillStyle: 'solid' },
      text('small', { x: 0, y: 320, fontFamily: FONT_FAMILY.Cascadia, text: 'if x:\n  y()' }),
      text('right', { x: 250, y: 320, fontFamily: FONT_FAMILY.Nunito, textAlign: 'right', text: 'right\naligned 🎨' }),
      { type: 'image', id: 'image', x: 450, y: 320, width: 80, height: 60, fileId: picture.id, scale: [-1, 1],
        crop: { x: 0, y: 0, width: 1, height: 2, naturalWidth: 2, naturalHeight: 2 } },
      box('framed', 0, 480), { type: 'ellipse', id: 'framed too', x: 150, y: 480, width: 60, height: 60 },
      { type: 'frame', id: 'frame', name: 'First act', children: ['framed', 'framed too'] },
      box('in magic', 400, 480), { type: 'magicframe', id: 'magic', name: null, children: ['in magic'] },
    ],
    { regenerateIds: false },
  )
  const like = (id, more) => ({ ...elements.find((e) => e.id === 'sharp'), angle: 0, locked: false, ...more, id })
  const stroke = { points: [[0, 0], [10, 4], [25, -3], [40, 12.5]], width: 40, height: 15.5, lastCommittedPoint: [40, 12.5] }
  const more = [
    like('pen', { type: 'freedraw', x: 600, y: 340, ...stroke, pressures: [0.1, 0.5, 0.9, 0.4], simulatePressure: false }),
    like('mouse', { type: 'freedraw', x: 700, y: 340, ...stroke, pressures: [], simulatePressure: true }),
    like('web', { type: 'embeddable', x: 800, y: 320, width: 200, height: 120, link: 'https://www.youtube.com/embed/x' }),
    like('elbow', {
      type: 'arrow', x: 600, y: 480, width: 120, height: 80, elbowed: true, roundness: null, backgroundColor: 'transparent',
      points: [[0, 0], [60, 0], [60, 80], [120, 80]], lastCommittedPoint: null,
      startBinding: null, endBinding: null, startArrowhead: null, endArrowhead: 'bar',
      fixedSegments: [{ index: 2, start: [60, 0], end: [60, 80] }], startIsSpecial: false, endIsSpecial: false,
    }),
    like('fixed width', {
      ...elements.find((e) => e.id === 'small'), x: 800, y: 480, width: 90, autoResize: false, verticalAlign: 'top',
    }),
    like('gone', { isDeleted: true }),
  ]
  editor.updateScene({
    elements: excalidraw.restoreElements([...elements, ...more], null),
    appState: { viewBackgroundColor: '#f8f1ee' },
    captureUpdate: excalidraw.CaptureUpdateAction.IMMEDIATELY,
  })
  editor.scrollToContent(undefined, { fitToViewport: true })
}

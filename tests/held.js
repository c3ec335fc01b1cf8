/* A drawing in which things hang together, and whether they still do: see test_page_held.py. */
(() => {
  const BASE = {
    angle: 0, strokeColor: '#1e1e1e', backgroundColor: 'transparent', fillStyle: 'solid', strokeWidth: 2,
    strokeStyle: 'solid', roughness: 0, opacity: 100, groupIds: [], frameId: null, roundness: null,
    boundElements: [], link: null, locked: false, isDeleted: false, version: 1, updated: 1, index: null
  }
  const api = () => window.canvasBoard.api
  const whole = (id, type, [x, y, width, height], more = {}) => ({
    ...BASE, id, type, x, y, width, height, seed: 7, versionNonce: Math.random() * 2 ** 31 | 0, ...more
  })
  const arrow = (id, place, points, more) => whole(id, 'arrow', place, {
    points, lastCommittedPoint: null, startArrowhead: null, endArrowhead: 'arrow', elbowed: false, ...more
  })

  function drawing (n) {
    const name = id => `${id}${n}`
    const bound = [{ id: name('straight'), type: 'arrow' }, { id: name('elbow'), type: 'arrow' }]
    const binding = (id, fixedPoint) => ({ elementId: name(id), focus: 0, gap: 4, ...(fixedPoint && { fixedPoint }) })
    const below = [0.5, 1.05]
    return [
      whole(name('left'), 'rectangle', [320, 200, 120, 80],
        { boundElements: [...bound, { id: name('label'), type: 'text' }] }),
      whole(name('label'), 'text', [350, 227.5, 60, 25], {
        text: 'label', originalText: 'label', fontSize: 20, fontFamily: 5, textAlign: 'center',
        verticalAlign: 'middle', containerId: name('left'), autoResize: true, lineHeight: 1.25
      }),
      whole(name('right'), 'rectangle', [700, 200, 120, 80], { boundElements: bound }),
      arrow(name('straight'), [444, 240, 252, 0], [[0, 0], [252, 0]],
        { startBinding: binding('left'), endBinding: binding('right') }),
      arrow(name('elbow'), [380, 284, 380, 96], [[0, 0], [0, 96], [380, 96], [380, 0]], {
        elbowed: true, fixedSegments: null, startIsSpecial: null, endIsSpecial: null,
        startBinding: binding('left', below), endBinding: binding('right', below)
      }),
      whole(name('member'), 'rectangle', [360, 490, 80, 60], { frameId: name('frame') }),
      whole(name('frame'), 'frame', [320, 450, 200, 160], { name: null }),
      whole(name('one'), 'rectangle', [700, 450, 80, 60], { groupIds: [name('group')] }),
      whole(name('two'), 'rectangle', [820, 450, 80, 60], { groupIds: [name('group')] })
    ]
  }

  const distance = (box, [x, y]) => Math.hypot(
    Math.max(box.x - x, 0, x - box.x - box.width), Math.max(box.y - y, 0, y - box.y - box.height))
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2]

  window.held = {
    /** Removes what was there, and draws everything again under new ids. */
    draw (n) {
      const old = api().getSceneElementsIncludingDeleted().map(one => one.isDeleted ? one : {
        ...one, isDeleted: true, version: one.version + 1, versionNonce: Math.random() * 2 ** 31 | 0
      })
      api().updateScene({
        elements: [...old, ...drawing(n)], captureUpdate: 'IMMEDIATELY',
        appState: { selectedElementIds: {}, selectedGroupIds: {}, scrollX: 0, scrollY: 0, zoom: { value: 1 } }
      })
      window.canvasBoard.flush()
    },

    /** Looks at the same part of the canvas, with a selection. */
    select (ids, groups) {
      api().updateScene({ appState: {
        selectedElementIds: Object.fromEntries(ids.map(id => [id, true])),
        selectedGroupIds: Object.fromEntries(groups.map(id => [id, true])),
        scrollX: 0, scrollY: 0, zoom: { value: 1 }
      } })
    },

    /** What does not hang together any more. */
    problems (n) {
      const of = id => api().getSceneElements().find(one => one.id === `${id}${n}`)
      const wrong = []
      for (const id of ['straight', 'elbow']) {
        const { x, y, points, startBinding, endBinding } = of(id)
        const ends = [[startBinding, 'left', points[0]], [endBinding, 'right', points.at(-1)]]
        for (const [binding, shape, point] of ends) {
          const box = of(shape)
          if (binding?.elementId !== box.id) wrong.push(`${id} is not bound to ${shape}`)
          if (!box.boundElements?.some(one => one.id === `${id}${n}`)) wrong.push(`${shape} does not know ${id}`)
          const off = distance(box, [x + point[0], y + point[1]])
          if (off > 20) wrong.push(`${id} ends ${Math.round(off)} from ${shape}`)
        }
      }
      const [label, left] = [of('label'), of('left')]
      if (label.containerId !== left.id) wrong.push('the label is in no box')
      const [a, b] = [middle(label), middle(left)]
      const off = Math.hypot(a[0] - b[0], a[1] - b[1])
      if (off > 2) wrong.push(`the label is ${Math.round(off)} off`)
      const frame = of('frame')
      if (of('member').frameId !== frame.id) wrong.push('the member is in no frame')
      if (distance(frame, middle(of('member'))) > 0) wrong.push('the member lies outside of its frame')
      for (const id of ['one', 'two']) if (of(id).groupIds[0] !== `group${n}`) wrong.push(`${id} is in no group`)
      return wrong
    },

    offset () {
      const { offsetLeft, offsetTop } = api().getAppState()
      return [offsetLeft, offsetTop]
    }
  }
})()

/**
 * What a random script does in a board page: see page_scripts.py. Installed as `window.boardScript` before the
 * page's own code; every choice comes from the numbers that are handed in.
 */
(() => {
  const TYPES = ['rectangle', 'ellipse', 'diamond', 'text', 'arrow', 'line', 'freedraw', 'labelled', 'connected', 'frame', 'note']
  const STYLES = {
    strokeColor: (n) => `#${(0x100000 + n).toString(16)}`,
    backgroundColor: (n) => `#${(0x200000 + n).toString(16)}`,
    opacity: (n) => 10 + (n % 90),
    strokeWidth: (n) => 1 + (n % 400) / 100,
    angle: (n) => (n % 6000) / 1000
  }
  const board = () => window.canvasBoard
  const alive = () => [...board().api.getSceneElements()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const all = () => board().api.getSceneElementsIncludingDeleted()
  const pick = (list, number) => list[Math.floor(number * list.length)]
  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  const written = []

  /** Notes every write that the person at this page makes, and what the page knew when it was made. */
  function watch () {
    const { doc } = board()
    const elements = doc.getMap('elements')
    doc.on('afterTransaction', (tr) => {
      if (tr.origin?.description !== 'local edit') return
      for (const [map, keys] of tr.changed) {
        const element = map._item?.parentSub
        if (map._item?.parent !== elements) continue
        for (const key of keys) {
          const item = map._map.get(key)
          if (!item || item.deleted || item.id.client !== doc.clientID) continue
          written.push({
            element,
            key,
            client: item.id.client,
            clock: item.id.clock + item.length - 1,
            value: item.content.getContent().at(-1),
            knew: Object.fromEntries(tr.beforeState),
            derived: isDerived(map, key)
          })
        }
      }
    })
  }

  /** The editor places texts in shapes and arrows between shapes by itself: nobody is asked about that. */
  function isDerived (map, key) {
    if (key !== 'pos' && key !== 'path') return false
    return typeof map.get('containerId') === 'string' || Boolean(map.get('startBinding') ?? map.get('endBinding'))
  }

  function show (elements) {
    board().api.updateScene({ elements, captureUpdate: 'IMMEDIATELY' })
  }

  function change (id, properties) {
    show(all().map((one) => (one.id === id ? { ...one, ...properties, ...renewed(one) } : one)))
  }

  const renewed = ({ version }) => ({ version: version + 1, versionNonce: Math.floor(Math.random() * 2 ** 31), updated: Date.now() })

  function element (id, type, x, y, more) {
    return {
      id, type, x, y, width: 100, height: 60, angle: 0, seed: 1, strokeColor: '#1e1e1e', backgroundColor: 'transparent',
      fillStyle: 'solid', strokeWidth: 2, strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [], frameId: null,
      roundness: null, boundElements: null, link: null, locked: false, isDeleted: false, index: null, version: 1,
      versionNonce: Math.floor(Math.random() * 2 ** 31), updated: 1, ...more
    }
  }

  function words (id, x, y, text, containerId = null) {
    return element(id, 'text', x, y, {
      text, originalText: text, width: 80, height: 25, autoResize: true, fontSize: 20, fontFamily: 5, containerId,
      textAlign: containerId ? 'center' : 'left', verticalAlign: containerId ? 'middle' : 'top', lineHeight: 1.25
    })
  }

  function line (id, type, x, y, more) {
    const isArrow = type === 'arrow'
    return element(id, type, x, y, {
      points: [[0, 0], [50, 20], [100, 60]], lastCommittedPoint: null, startBinding: null, endBinding: null,
      startArrowhead: null, endArrowhead: isArrow ? 'arrow' : null, ...(isArrow ? { elbowed: false } : {}), ...more
    })
  }

  const binding = (elementId) => ({ elementId, focus: 0, gap: 5 })

  const actions = {
    /** A new element, or a few that belong together. */
    draw ([type, a, b], n) {
      const id = `e${n}`
      const x = Math.round(a * 800)
      const y = Math.round(b * 500)
      switch (pick(TYPES, type)) {
        case 'text': return show([...all(), words(id, x, y, `text ${n}`)])
        case 'arrow': return show([...all(), line(id, 'arrow', x, y)])
        case 'line': return show([...all(), line(id, 'line', x, y)])
        case 'freedraw': {
          const stroke = { points: [[0, 0], [10, 5], [20, 15]], pressures: [], simulatePressure: true, lastCommittedPoint: null }
          return show([...all(), element(id, 'freedraw', x, y, { ...stroke, width: 20, height: 15 })])
        }
        case 'labelled': {
          const shape = element(id, 'rectangle', x, y, { width: 160, boundElements: [{ id: `${id}t`, type: 'text' }] })
          return show([...all(), shape, words(`${id}t`, x + 40, y + 18, `label ${n}`, id)])
        }
        case 'connected': {
          const ends = [`${id}a`, `${id}b`]
          const bound = [{ id, type: 'arrow' }]
          const shapes = ends.map((end, at) => element(end, 'ellipse', x + 250 * at, y, { boundElements: bound }))
          const more = { points: [[0, 0], [140, 0]], width: 140, height: 0, startBinding: binding(ends[0]), endBinding: binding(ends[1]) }
          return show([...all(), ...shapes, line(id, 'arrow', x + 105, y + 30, more)])
        }
        case 'note': {
          const more = { backgroundColor: '#ffec99', strokeColor: 'transparent', roughness: 0, customData: { note: true } }
          const note = element(id, 'rectangle', x, y, { ...more, width: 200, height: 200, boundElements: [{ id: `${id}t`, type: 'text' }] })
          return show([...all(), note, words(`${id}t`, x + 60, y + 87, `idea ${n}`, id)])
        }
        case 'frame': return show([...all(), element(id, 'frame', x, y, { name: `Frame ${n}`, width: 200, height: 150 })])
        default: return show([...all(), element(id, pick(TYPES.slice(0, 3), type * 10 % 1), x, y)])
      }
    },
    move ([who, a, b], n) {
      const free = alive().filter((one) => !one.containerId && !one.startBinding && !one.endBinding)
      const one = pick(free, who)
      if (one) change(one.id, { x: Math.round(a * 900) + n / 1000, y: Math.round(b * 600) })
    },
    resize ([who, a, b], n) {
      const one = pick(alive().filter(({ type }) => ['rectangle', 'ellipse', 'diamond', 'frame'].includes(type)), who)
      if (one) change(one.id, { width: 50 + Math.round(a * 200) + n / 1000, height: 40 + Math.round(b * 100) })
    },
    style ([who, which], n) {
      const one = pick(alive(), who)
      const key = pick(Object.keys(STYLES), which)
      if (one && one.type !== 'frame') change(one.id, { [key]: STYLES[key](n) })
    },
    reshape ([who, a, b], n) {
      const one = pick(alive().filter((it) => it.points && it.type !== 'freedraw' && !it.startBinding && !it.endBinding), who)
      const end = [20 + Math.round(a * 200) + n / 1000, 20 + Math.round(b * 200)]
      if (one) change(one.id, { points: [[0, 0], end], width: end[0], height: end[1] })
    },
    write ([who], n) {
      const one = pick(alive().filter(({ type }) => type === 'text'), who)
      if (one) change(one.id, { text: `words ${n}`, originalText: `words ${n}`, width: 90 + (n % 50) })
    },
    lock ([who], n) {
      const one = pick(alive(), who)
      if (one) change(one.id, { link: `https://example.org/${n}` })
    },
    order ([who, where]) {
      const elements = all()
      const one = pick(alive(), who)
      if (!one) return
      const others = elements.filter(({ id }) => id !== one.id)
      const place = Math.floor(where * (others.length + 1))
      show([...others.slice(0, place), { ...one, ...renewed(one) }, ...others.slice(place)])
    },
    frame ([who, which]) {
      const frame = pick(alive().filter(({ type }) => type === 'frame'), which)
      const one = pick(alive().filter(({ type, containerId }) => type !== 'frame' && !containerId), who)
      if (one && frame) change(one.id, { frameId: one.frameId === frame.id ? null : frame.id })
    },
    group: ([who, other]) => press([pick(alive(), who), pick(alive(), other)], { key: 'g', code: 'KeyG', ctrlKey: true }),
    nudge ([who, times]) {
      const keys = Array.from({ length: 1 + Math.floor(times * 40) }, () => ({ key: 'ArrowRight' }))
      return press([pick(alive(), who)], ...keys)
    },
    /** A file with two shapes and an arrow between them, as if it came from the desktop. */
    async drop ([a, b], n) {
      const [x, y] = [Math.round(a * 800), Math.round(b * 500)]
      const ends = ['left', 'right'].map((id, at) => element(id, 'diamond', x + 250 * at, y, { boundElements: [{ id: 'arrow', type: 'arrow' }] }))
      const arrow = line('arrow', 'arrow', x + 105, y + 30, {
        points: [[0, 0], [140, 0]], width: 140, height: 0, startBinding: binding('left'), endBinding: binding('right')
      })
      const file = JSON.stringify({ type: 'excalidraw', version: 2, elements: [...ends, arrow], appState: {}, files: {} })
      const data = new DataTransfer()
      data.items.add(new File([file], `drawing ${n}.excalidraw`, { type: 'application/vnd.excalidraw+json' }))
      const before = new Set(all().map(({ id }) => id))
      const at = { bubbles: true, cancelable: true, dataTransfer: data, clientX: 500, clientY: 400 }
      document.querySelector('canvas.interactive').dispatchEvent(new DragEvent('drop', at))
      while (all().filter(({ id }) => !before.has(id)).length < 3) await sleep(20)
    },
    /** What a held mouse has written meanwhile. */
    release: () => sleep(60),
    remove: ([who]) => press([pick(alive(), who)], { key: 'Delete' }),
    undo: () => press([], { key: 'z', code: 'KeyZ', ctrlKey: true })
  }

  /** Selects elements and presses keys, as a person does; the editor moves what is bound along. */
  async function press (selected, ...keys) {
    const ids = selected.filter(Boolean).map(({ id }) => [id, true])
    board().api.updateScene({ appState: { selectedElementIds: Object.fromEntries(ids), selectedGroupIds: {} } })
    await sleep(40)
    for (const key of keys) document.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...key }))
    await sleep(40)
    board().api.updateScene({ appState: { selectedElementIds: {}, selectedGroupIds: {} } })
    await sleep(20)
  }

  /** Random numbers of a page repeat with the script: client ids decide who wins. */
  function seedRandomness () {
    const base = Number(localStorage.getItem('script-seed'))
    if (!base) return
    const opened = Number(localStorage.getItem('script-opened')) + 1
    localStorage.setItem('script-opened', String(opened))
    let state = (base * 1000003 + opened * 7919) | 0
    const next = () => {
      state = (state + 0x6d2b79f5) | 0
      let t = Math.imul(state ^ (state >>> 15), 1 | state)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return (t ^ (t >>> 14)) >>> 0
    }
    Crypto.prototype.getRandomValues = (array) => {
      for (let i = 0; i < array.length; i++) array[i] = next()
      return array
    }
  }

  seedRandomness()
  window.boardScript = {
    watch,

    /** Does one thing at `at` (epoch milliseconds; at once when it has passed); returns what was written by it. */
    async act (name, numbers, serial, at) {
      if (at > Date.now()) await sleep(at - Date.now())
      board().flush()
      await actions[name](numbers, serial)
      board().flush()
      return written.splice(0)
    },

    /** Brings an arrow or a line into view, selects it, and returns where its middle is in the window. */
    async grip ([who]) {
      const one = pick(alive().filter(({ points, type, locked }) => points && type !== 'freedraw' && !locked), who)
      if (!one) return null
      const [first, last] = [one.points[0], one.points[1]]
      const middle = [one.x + (first[0] + last[0]) / 2, one.y + (first[1] + last[1]) / 2]
      board().api.updateScene({ appState: {
        zoom: { value: 1 }, scrollX: 500 - middle[0], scrollY: 300 - middle[1], selectedElementIds: { [one.id]: true }
      } })
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
      const { offsetLeft, offsetTop } = board().api.getAppState()
      return [500 + offsetLeft, 300 + offsetTop]
    },

    /** Enough to see whether pages are in step. */
    state () {
      const { doc, provider, status } = board()
      const vector = {}
      for (const [client, structs] of doc.store.clients) vector[client] = structs.at(-1).id.clock + structs.at(-1).length
      return { vector, kind: status().kind, isConnected: provider.wsconnected, isSynced: provider.synced }
    },

    content () {
      const { doc } = board()
      return Object.fromEntries(['elements', 'files', 'meta', 'authors', 'conflicts'].map((root) => [root, doc.getMap(root).toJSON()]))
    },

    /** What is seen, from back to front, without the bookkeeping of one editor. */
    scene () {
      const own = ['version', 'versionNonce', 'updated', 'status', 'lastCommittedPoint', 'boundElements']
      const isSeen = ([key, value]) => value !== null && value !== undefined && !own.includes(key)
      return board().api.getSceneElements().map((one) => Object.fromEntries(Object.entries(one).filter(isSeen)))
    },

    conflicts: () => board().conflicts().map(({ key, sides, shownSide }) => ({ key, sides, shownSide }))
  }
})()

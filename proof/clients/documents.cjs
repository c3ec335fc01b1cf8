// What people write: each kind of document has the same operations, and one way to say what it holds, by key.
//
// No value is written twice: [number of the person, count], so that what is read can be traced to its writer.
'use strict'

const KEYS = ['pos', 'size', 'customData']
const SHARED = 'shared'

/** The document of a board: elements, each a map of keys. It is all that our server takes. */
const board = Y => ({
  content: doc => {
    const found = {}
    for (const [id, element] of doc.getMap('elements').entries()) {
      for (const [key, value] of element.entries()) if (key !== 'type') found[`${id}/${key}`] = value
    }
    return sorted(found)
  },
  ids: doc => [...doc.getMap('elements').keys()],
  create: (doc, id, value) => {
    const values = { pos: value, size: value }
    doc.getMap('elements').set(id, new Y.Map(Object.entries({ type: 'rectangle', ...values })))
    return named(id, values)
  },
  set: (doc, id, key, value) => {
    const stored = key === 'customData' ? { v: value } : value
    doc.getMap('elements').get(id).set(key, stored)
    return named(id, { [key]: stored })
  },
  tombstone: (doc, id, value) => {
    const stored = { by: null, at: value[1] * 1000 + value[0] }
    doc.getMap('elements').get(id).set('del', stored)
    return named(id, { del: stored })
  },
  remove: (doc, id) => {
    const element = doc.getMap('elements').get(id)
    const isThere = element.has('customData')
    if (isThere) element.delete('customData')
    return isThere
  }
})

/** One map with plain values, for servers that take any document. */
const flat = () => ({
  content: doc => sorted(Object.fromEntries(doc.getMap('data').entries())),
  ids: doc => [...new Set([...doc.getMap('data').keys()].map(key => key.split('/')[0]))],
  create: (doc, id, value) => {
    for (const key of ['pos', 'size']) doc.getMap('data').set(`${id}/${key}`, value)
    return named(id, { pos: value, size: value })
  },
  set: (doc, id, key, value) => {
    doc.getMap('data').set(`${id}/${key}`, value)
    return named(id, { [key]: value })
  },
  tombstone: (doc, id, value) => {
    doc.getMap('data').set(`${id}/del`, value)
    return named(id, { del: value })
  },
  remove: (doc, id) => {
    const key = `${id}/customData`
    const isThere = doc.getMap('data').has(key)
    if (isThere) doc.getMap('data').delete(key)
    return isThere
  }
})

const named = (id, values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [`${id}/${key}`, value]))
const sorted = found => Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))

module.exports = { documents: { board, flat }, KEYS, SHARED }

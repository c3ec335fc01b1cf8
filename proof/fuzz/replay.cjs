// Applies accepted updates in real Yjs and prints what comes out; one JSON history a line.
'use strict'
const path = require('node:path')
const readline = require('node:readline')
const modules = path.join(__dirname, '..', '..', 'frontend', 'node_modules')
const Y = require(require.resolve('yjs', { paths: [modules] }))
const ROOTS = ['authors', 'conflicts', 'elements', 'files', 'meta']

const plain = value => {
  if (value instanceof Y.Map) return plain(Object.fromEntries(value.entries()))
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
  return value
}

const result = updates => {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'))
  return {
    content: Object.fromEntries(ROOTS.map(root => [root, plain(doc.getMap(root))])),
    clocks: Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc))),
    pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null
  }
}

readline.createInterface({ input: process.stdin }).on('line', line => {
  const { updates, snapshot } = JSON.parse(line)
  let answer
  try { answer = { stream: result(updates), snapshot: result([snapshot]) } } catch (error) { answer = { error: String(error) } }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
})

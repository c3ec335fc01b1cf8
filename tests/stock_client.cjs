// A stock Yjs client: the published yjs and y-websocket, nothing of this project.
// Reads one JSON command a line from standard input, answers each with one JSON line.
'use strict'
const path = require('node:path')
const readline = require('node:readline')
const modules = path.join(__dirname, '..', 'frontend', 'node_modules')
const load = name => require(require.resolve(name, { paths: [modules] }))
const Y = load('yjs')
const { WebsocketProvider } = load('y-websocket')
const WebSocket = load('ws')
const decoding = load('lib0/decoding')

const open = (base, board, token) => {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(base, board, doc, {
    WebSocketPolyfill: WebSocket, params: token ? { token, saved: '1' } : {}, disableBc: true, connect: false
  })
  // What the server says is committed; a stock provider takes handlers for further message types.
  const committed = new Map()
  provider.messageHandlers[100] = (_encoder, decoder) => {
    const clocks = Y.decodeStateVector(decoding.readVarUint8Array(decoder))
    clocks.forEach((clock, client) => committed.set(client, Math.max(clock, committed.get(client) ?? 0)))
  }
  provider.connect()
  const written = []
  const closes = []
  provider.on('connection-close', event => { if (event) closes.push({ code: event.code, reason: event.reason }) })
  const elements = doc.getMap('elements')

  const content = () => {
    const all = elements.toJSON()
    return Object.fromEntries(Object.keys(all).sort().map(id =>
      [id, all[id] && Object.fromEntries(Object.entries(all[id]).sort(([a], [b]) => (a < b ? -1 : 1)))]))
  }

  const commands = {
    state: () => ({ synced: provider.synced, connected: provider.wsconnected, closes, clientId: doc.clientID }),
    content,
    set: ({ id, values }) => {
      doc.transact(() => {
        const element = elements.get(id)
        if (!element) elements.set(id, new Y.Map(Object.entries(values)))
        else for (const [key, value] of Object.entries(values)) element.set(key, value)
      })
      written.push({ id, end: Y.getState(doc.store, doc.clientID) })
      return true
    },
    burst: ({ prefix, count }) => {
      for (let n = 0; n < count; n++) commands.set({ id: `${prefix}${n}`, values: { type: 'rectangle', n } })
      return true
    },
    // As many shapes as the product's page would make, in one transaction: one update.
    shapes: ({ prefix, count }) => {
      doc.transact(() => {
        for (let n = 0; n < count; n++) {
          elements.set(`${prefix}${n}`, new Y.Map(Object.entries({
            type: 'rectangle', seed: n, pos: [n, -n], size: [20.5, 30.25], angle: 0, index: `a${n}`,
            strokeColor: '#1e1e1e', backgroundColor: '#a5d8ff', fillStyle: 'solid', strokeWidth: 2,
            strokeStyle: 'solid', roughness: 1, opacity: 100, roundness: { type: 3 }, groupIds: [],
            frameId: null, link: null, locked: false
          })))
        }
      })
      return Y.encodeStateAsUpdate(doc).byteLength
    },
    count: () => elements.size,
    isAllSaved: () => Y.getState(doc.store, doc.clientID) <= (committed.get(doc.clientID) ?? 0),
    acknowledged: () => written.filter(w => w.end <= (committed.get(doc.clientID) ?? 0)).map(w => w.id),
    isSaved: () => written.length === 0 || written.at(-1).end <= (committed.get(doc.clientID) ?? 0),
    moves: ({ id, count }) => {
      for (let step = 1; step <= count; step++) elements.get(id).set('pos', [step, -step])
      return true
    },
    applyUpdate: ({ update }) => { Y.applyUpdate(doc, Buffer.from(update, 'base64')); return content() },
    people: () => [...provider.awareness.getStates().values()],
    announce: ({ state }) => { provider.awareness.setLocalState(state); return true },
    disconnect: () => { provider.disconnect(); return true },
    connect: () => { provider.connect(); return true },
    close: () => { provider.destroy(); doc.destroy(); return true }
  }
  return commands
}

// With an address on the command line one client, else one for each that is opened by a number.
const clients = new Map()
if (process.argv.length > 2) clients.set(undefined, open(...process.argv.slice(2)))

const run = ({ command, client, ...args }) => {
  if (command === 'open') {
    clients.set(client, open(args.base, args.board, args.token))
    return true
  }
  const answer = clients.get(client)[command](args)
  if (command === 'close') clients.delete(client)
  return answer
}

readline.createInterface({ input: process.stdin }).on('line', line => {
  let answer
  try { answer = { ok: run(JSON.parse(line)) } } catch (error) { answer = { error: String(error) } }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}).on('close', () => process.exit(0))

// People who draw at random and newcomers who only read, with the published yjs and y-websocket; all keep a journal.
// Reads one JSON command a line from standard input, answers each with one JSON line.
'use strict'
const path = require('node:path')
const readline = require('node:readline')
process.setMaxListeners(0) // each provider listens for the end of the process
const modules = path.join(__dirname, '..', '..', 'frontend', 'node_modules')
const load = name => require(require.resolve(name, { paths: [modules] }))
const Y = load('yjs')
const { WebsocketProvider } = load('y-websocket')
const WebSocket = load('ws')
const decoding = load('lib0/decoding')
const encoding = load('lib0/encoding')
const { hocuspocusSocket } = require('../peers/socket.cjs')
const { Journal, rangesOf } = require('./journal.cjs')
const { documents, KEYS, SHARED } = require('./documents.cjs')

const SYNC = 0
const SAVED = 100
const STEP_1 = 0
const OWN = 'own'
const SOCKETS = { 'y-websocket': WebSocket, hocuspocus: hocuspocusSocket({ WebSocket, decoding, encoding }) }
const LONGEST_PAUSE_MS = 400

let journal = null
const people = new Map()

/** A generator of numbers in [0, 1) that follow from a seed (mulberry32). */
const randomOf = seed => () => {
  seed = (seed + 0x6D2B79F5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}

const clocksOf = doc => [...Y.decodeStateVector(Y.encodeStateVector(doc))]
const deletedOf = doc => rangesOf(Y.createDeleteSetFromStructStore(doc.store))

/** The last state of a document, as an event. */
const endOf = (doc, document) => ({
  content: document.content(doc),
  clocks: clocksOf(doc),
  deleted: deletedOf(doc),
  pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null
})

/** One replica: a document, a provider, and what is written down of both. */
class Person {
  constructor ({ who, number, person, base, room, params, kind, seed, rate, dialect }) {
    this.who = who
    this.number = number
    this.doc = new Y.Doc()
    this.document = documents[kind](Y)
    this.random = randomOf(seed)
    this.pause = rate ? 1000 / rate : 0
    this.left = 0
    this.count = 0
    this.acknowledged = new Map()
    this.isClosedForGood = false
    this.values = null
    this.told = []
    this.wasTold = new Set()
    this.codes = []
    this.provider = new WebsocketProvider(base, room, this.doc, {
      WebSocketPolyfill: SOCKETS[dialect ?? 'y-websocket'], params, disableBc: true, connect: false, maxBackoffTime: LONGEST_PAUSE_MS
    })
    journal.write('replica', who, { person, client: this.doc.clientID })
    this.listen()
    this.provider.awareness.setLocalState({ mark: who })
  }

  listen () {
    const { provider, who } = this
    const readSync = provider.messageHandlers[SYNC]
    provider.messageHandlers[SYNC] = (encoder, decoder, ...rest) => {
      this.told = this.newlyTold(decoder)
      readSync(encoder, decoder, ...rest)
      this.told = []
    }
    provider.messageHandlers[SAVED] = (_encoder, decoder) => this.noteSaved(decoding.readVarUint8Array(decoder))
    provider.on('status', ({ status }) => { if (status === 'connected') journal.write('open', who) })
    provider.on('sync', isSynced => {
      if (isSynced) journal.write('synced', who, { clocks: clocksOf(this.doc), deleted: deletedOf(this.doc) })
    })
    provider.on('connection-close', event => {
      this.codes.push(event?.code ?? 0)
      journal.write('closed', who, { code: event?.code ?? 0, reason: event?.reason ?? '' })
    })
    this.doc.on('afterTransaction', transaction => this.note(transaction))
    provider.awareness.on('change', () => journal.write('present', who, { shown: this.shown() }))
  }

  note ({ beforeState, afterState, deleteSet, origin }) {
    const deleted = rangesOf(deleteSet)
    if (origin === OWN) {
      const client = this.doc.clientID
      const range = [client, beforeState.get(client) ?? 0, afterState.get(client) ?? 0]
      journal.write('write', this.who, { clocks: range, values: this.values, deleted })
      return
    }
    const clocks = [...afterState].filter(([client, end]) => end > (beforeState.get(client) ?? 0))
    for (const [client] of clocks) deleted.push(...this.cameDeleted(client, beforeState.get(client) ?? 0))
    if (clocks.length > 0 || deleted.length > 0) journal.write('seen', this.who, { clocks, deleted, told: this.told })
  }

  /** The deletions that a message names and none before has named; leaves the decoder where it was. */
  newlyTold (decoder) {
    const start = decoder.pos
    const isUpdate = decoding.readVarUint(decoder) !== STEP_1
    const ranges = isUpdate ? rangesOf(Y.decodeUpdate(decoding.readVarUint8Array(decoder)).ds) : []
    decoder.pos = start
    return ranges.filter(range => {
      const name = range.join()
      return !this.wasTold.has(name) && this.wasTold.add(name)
    })
  }

  /** What a transaction brought that was deleted already: below a deleted parent it is in no delete set. */
  cameDeleted (client, from) {
    const structs = this.doc.store.clients.get(client)
    const found = []
    for (let at = structs.length - 1; at >= 0 && structs[at].id.clock + structs[at].length > from; at--) {
      if (structs[at].deleted) found.push([client, structs[at].id.clock, structs[at].length])
    }
    return found
  }

  noteSaved (vector) {
    const news = [...Y.decodeStateVector(vector)].filter(([client, end]) => end > (this.acknowledged.get(client) ?? 0))
    for (const [client, end] of news) this.acknowledged.set(client, end)
    if (news.length > 0) journal.write('ack', this.who, { clocks: news })
  }

  shown () {
    const others = [...this.provider.awareness.getStates()].filter(([client]) => client !== this.doc.clientID)
    return Object.fromEntries(others.map(([client, state]) => [client, state?.user?.name ?? null]))
  }

  /** So many operations more, at random moments. */
  draw (operations) {
    const isDrawing = this.left > 0
    this.left += operations
    if (!isDrawing) this.drawOn()
  }

  drawOn () {
    if (this.left <= 0 || this.isClosedForGood) return
    this.act()
    setTimeout(() => this.drawOn(), this.random() * 2 * this.pause)
  }

  act () {
    this.left -= 1
    this.count += 1
    const value = [this.number, this.count]
    const ids = this.document.ids(this.doc)
    const some = ids[Math.floor(this.random() * ids.length)]
    const dice = this.random()
    if (dice < 0.1) this.writeShared(ids, value)
    else if (some === undefined || dice < 0.45) this.write(() => this.document.create(this.doc, `${this.who}-${this.count}`, value))
    else if (dice < 0.86) this.write(() => this.document.set(this.doc, some, KEYS[Math.floor(this.random() * KEYS.length)], value))
    else if (dice < 0.93) this.write(() => this.document.tombstone(this.doc, some, value))
    else this.write(() => { this.document.remove(this.doc, some); return {} })
  }

  writeShared (ids, value) {
    this.write(() => ids.includes(SHARED) ? this.document.set(this.doc, SHARED, 'pos', value) : this.document.create(this.doc, SHARED, value))
  }

  write (change) {
    this.doc.transact(() => { this.values = change() }, OWN)
  }

  /** Many operations at once, as somebody makes who was away for long. */
  pile (count) {
    for (let done = 0; done < count; done++) { this.left += 1; this.act() }
  }

  isSaved () {
    const own = Y.getState(this.doc.store, this.doc.clientID)
    return this.provider.synced && own <= (this.acknowledged.get(this.doc.clientID) ?? 0)
  }

  state () {
    return {
      synced: this.provider.synced,
      connected: this.provider.wsconnected,
      left: this.left,
      saved: this.isSaved(),
      codes: this.codes,
      clocks: clocksOf(this.doc),
      deletions: deletedOf(this.doc).reduce((sum, [, , length]) => sum + length, 0),
      client: this.doc.clientID,
      shown: Object.keys(this.shown()).map(Number)
    }
  }

  /** Says what it holds, and whom it sees unless it has only come. */
  end (isAlone) {
    journal.write('end', this.who, { ...endOf(this.doc, this.document), ...(isAlone ? {} : { shown: this.shown() }) })
  }

  close () {
    this.isClosedForGood = true
    this.provider.destroy()
    this.doc.destroy()
  }
}

const each = who => (who === undefined ? [...people.values()] : [].concat(who).map(one => people.get(one)))

const commands = {
  journal: ({ path }) => { journal = new Journal(path) },
  open: options => {
    const person = new Person(options)
    people.set(options.who, person)
    person.provider.connect()
  },
  draw: ({ who, operations }) => { for (const person of each(who)) person.draw(operations) },
  pile: ({ who, count }) => { for (const person of each(who)) person.pile(count) },
  disconnect: ({ who }) => { for (const person of each(who)) person.provider.disconnect() },
  connect: ({ who }) => { for (const person of each(who)) person.provider.connect() },
  params: ({ who, params }) => { for (const person of each(who)) person.provider.params = params },
  states: ({ who }) => Object.fromEntries(each(who).map(person => [person.who, person.state()])),
  end: ({ who, alone }) => { for (const person of each(who)) person.end(alone) },
  replay: ({ who, kind, updates }) => {
    const doc = new Y.Doc()
    for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'))
    journal.write('end', who, endOf(doc, documents[kind](Y)))
    const state = { clocks: clocksOf(doc) }
    doc.destroy()
    return state
  },
  close: ({ who }) => { for (const person of each(who)) { person.close(); people.delete(person.who) } },
  leave: () => {
    commands.close({})
    journal.close()
    journal = null
  }
}

readline.createInterface({ input: process.stdin }).on('line', line => {
  let answer
  try {
    const { command, ...args } = JSON.parse(line)
    answer = { ok: commands[command](args) ?? null }
  } catch (error) { answer = { error: String(error.stack) } }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}).on('close', () => process.exit(0))

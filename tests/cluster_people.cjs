// People on many boards: the published y-websocket provider, and a journal of what each was promised.
// Reads one JSON command a line from standard input, answers each with one JSON line.
//
// A promise: an edit was acknowledged, or somebody else has seen it. Yjs numbers the edits of a client without
// gaps, so the promises of a board are the greatest number for each client.
'use strict'
const path = require('node:path')
const readline = require('node:readline')
process.setMaxListeners(0) // each provider listens for the end of the process
const modules = path.join(__dirname, '..', 'frontend', 'node_modules')
const load = name => require(require.resolve(name, { paths: [modules] }))
const Y = load('yjs')
const { WebsocketProvider } = load('y-websocket')
const WebSocket = load('ws')
const decoding = load('lib0/decoding')

const SAVED = 100
const EDITS_PER_ELEMENT = 5
const OPEN_AT_ONCE = 20
const READ_TIMEOUT_MS = 30_000
const LOOK_MS = 20
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const now = () => performance.now()

const raise = (clocks, client, clock) => clocks.set(client, Math.max(clock, clocks.get(client) ?? 0))

const connect = (base, board, token, doc) => new WebsocketProvider(base, board, doc, {
  WebSocketPolyfill: WebSocket, params: { token, saved: '1' }, disableBc: true, connect: false
})

/** Somebody who draws, as long as they are not told to stop. */
class Person {
  constructor (board, number, base, token) {
    this.board = board
    this.number = number
    this.doc = new Y.Doc()
    this.provider = connect(base, board.id, token, this.doc)
    this.elements = this.doc.getMap('elements')
    this.acknowledged = 0
    /** Edits in their order: what was made when, and when it was saved and seen by the last one who saw it. */
    this.edits = []
    this.waiting = 0
    this.drawn = 0
    this.isDrawing = false
    this.closes = []
    this.provider.messageHandlers[SAVED] = (_encoder, decoder) => {
      const clocks = Y.decodeStateVector(decoding.readVarUint8Array(decoder))
      this.noteSaved(clocks.get(this.doc.clientID) ?? 0)
    }
    this.provider.on('connection-close', event => this.closes.push({ at: now(), code: event?.code ?? 0, back: Infinity }))
    this.provider.on('sync', isSynced => {
      for (let at = this.closes.length - 1; isSynced && at >= 0 && this.closes[at].back === Infinity; at--) this.closes[at].back = now()
    })
    this.doc.on('update', (update, origin) => {
      if (origin === this.provider) this.noteSeen(update)
    })
  }

  noteSaved (clock) {
    this.acknowledged = Math.max(this.acknowledged, clock)
    while (this.waiting < this.edits.length && this.edits[this.waiting].end <= this.acknowledged) {
      this.edits[this.waiting].savedAt = now()
      this.waiting += 1
    }
  }

  noteSeen (update) {
    const { from, to } = Y.parseUpdateMeta(update)
    const time = now()
    for (const [client, end] of to) {
      const writer = this.board.writers.get(client)
      if (writer === undefined || writer === this) continue
      for (const edit of writer.editsBetween(from.get(client), end)) edit.seenAt = time
    }
  }

  * editsBetween (start, end) {
    for (let at = this.edits.length - 1; at >= 0 && this.edits[at].end > start; at--) {
      if (this.edits[at].end <= end) yield this.edits[at]
    }
  }

  draw () {
    this.drawn += 1
    const id = `${this.number}-${Math.floor(this.drawn / EDITS_PER_ELEMENT)}`
    const edit = { madeAt: now(), end: 0, savedAt: Infinity, seenAt: Infinity }
    this.edits.push(edit)
    this.doc.transact(() => {
      const element = this.elements.get(id)
      if (element) element.set('pos', [this.drawn, -this.drawn])
      else this.elements.set(id, new Y.Map(Object.entries({ type: 'rectangle', pos: [0, this.number] })))
      edit.end = Y.getState(this.doc.store, this.doc.clientID)
    })
  }

  isSaved () {
    return this.waiting === this.edits.length
  }

  /** What they were promised: their own edits that are acknowledged, and those of others that they have. */
  promises () {
    const clocks = Y.decodeStateVector(Y.encodeStateVector(this.doc))
    clocks.delete(this.doc.clientID)
    if (this.acknowledged > 0) clocks.set(this.doc.clientID, this.acknowledged)
    return clocks
  }

  leave () {
    this.isDrawing = false
    this.provider.disconnect()
    // Nobody waits for what is sent later.
    for (const edit of this.edits) {
      if (edit.savedAt === Infinity || edit.seenAt === Infinity) edit.isLeftOut = true
    }
  }

  comeBack () {
    this.provider.connect()
    this.isDrawing = true
  }
}

let base = ''
let rate = 1
/** @type {{id: string, token: string, people: Person[], writers: Map<number, Person>}[]} */
const boards = []
const people = () => boards.flatMap(board => board.people)

/** Somebody who comes with nothing reads what the server has. */
const read = async board => {
  const doc = new Y.Doc()
  const provider = connect(base, board.id, board.token, doc)
  provider.messageHandlers[SAVED] = () => {}
  provider.connect()
  for (const end = now() + READ_TIMEOUT_MS; !provider.synced && now() < end;) await sleep(LOOK_MS)
  const result = {
    synced: provider.synced,
    clocks: Y.decodeStateVector(Y.encodeStateVector(doc)),
    content: contentOf(doc)
  }
  provider.destroy()
  doc.destroy()
  return result
}

const contentOf = doc => {
  const all = doc.getMap('elements').toJSON()
  return JSON.stringify(Object.keys(all).sort().map(id => [id, Object.entries(all[id]).sort(([a], [b]) => (a < b ? -1 : 1))]))
}

/** The promises to the people of a board that the server does not keep. */
const lostOn = async (board, promised) => {
  const { synced, clocks } = await read(board)
  if (!synced) return [`${board.id}: nobody can read it`]
  return [...promised].filter(([client, clock]) => (clocks.get(client) ?? 0) < clock)
    .map(([client, clock]) => `${board.id}: client ${client} was promised ${clock}, there are ${clocks.get(client) ?? 0}`)
}

const promisesOf = board => {
  const promised = new Map()
  for (const person of board.people) person.promises().forEach((clock, client) => raise(promised, client, clock))
  return promised
}

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/** Over all people: the longest that each waited for an edit between two times. */
const longest = (from, to, until) => {
  const waits = people().map(person => {
    let most = 0
    for (const edit of person.edits) {
      const end = Math.min(edit[until], now())
      if (!edit.isLeftOut && edit.madeAt < to && end > from) most = Math.max(most, end - edit.madeAt)
    }
    return most / 1000
  })
  return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), max: quantile(waits, 1) }
}

let cut = []

const commands = {
  open: async ({ base: url, boards: wanted, each, rate: perSecond }) => {
    base = url
    rate = perSecond
    for (const { id, tokens } of wanted) {
      const board = { id, token: tokens[0], people: [], writers: new Map() }
      for (let number = 0; number < each; number++) {
        const person = new Person(board, number, base, tokens[number % tokens.length])
        board.people.push(person)
        board.writers.set(person.doc.clientID, person)
      }
      boards.push(board)
    }
    const all = people()
    for (let at = 0; at < all.length; at += OPEN_AT_ONCE) {
      const some = all.slice(at, at + OPEN_AT_ONCE)
      for (const person of some) person.provider.connect()
      for (const end = now() + READ_TIMEOUT_MS; some.some(person => !person.provider.synced);) {
        if (now() > end) throw new Error('people can not open their boards')
        await sleep(LOOK_MS)
      }
    }
    all.forEach((person, index) => {
      person.isDrawing = true
      setTimeout(() => setInterval(() => person.isDrawing && person.draw(), 1000 / rate), 1000 / rate * index / all.length)
    })
    return all.length
  },
  now: () => now(),
  report: ({ from, to }) => {
    const codes = {}
    for (const person of people()) {
      for (const { at, code } of person.closes) if (at >= from && at < to) codes[code] = (codes[code] ?? 0) + 1
    }
    const away = people().map(person => Math.max(0, ...person.closes
      .filter(({ at, code }) => code !== 0 && at >= from && at < to).map(({ at, back }) => (Math.min(back, now()) - at) / 1000)))
    const edits = people().reduce((sum, person) => sum + person.edits.filter(edit => edit.madeAt >= from && edit.madeAt < to).length, 0)
    return { saved: longest(from, to, 'savedAt'), seen: longest(from, to, 'seenAt'), codes, edits, away: { p50: quantile(away.filter(time => time > 0), 0.5), max: quantile(away, 1) } }
  },
  /** All people of some boards leave at this moment; only what they were promised counts. */
  cut: ({ indices }) => {
    cut = indices.map(index => boards[index]).map(board => ({ board, promised: promisesOf(board) }))
    for (const { board } of cut) board.people.forEach(person => person.leave())
    return cut.reduce((sum, { promised }) => sum + promised.size, 0)
  },
  /** What is lost of it; then they come back. */
  verify: async () => {
    const lost = []
    for (const { board, promised } of cut) lost.push(...await lostOn(board, promised))
    for (const { board } of cut) board.people.forEach(person => person.comeBack())
    return lost
  },
  /** Nobody draws any more; everybody ends with the same. */
  finish: async ({ seconds }) => {
    for (const person of people()) person.isDrawing = false
    const end = now() + seconds * 1000
    // Not who is synced: a server that is back calls its boards home at any moment, and they come in again.
    const unsaved = () => people().filter(person => !person.isSaved()).length
    while (unsaved() > 0 && now() < end) await sleep(LOOK_MS)
    const wrong = []
    for (const board of boards) {
      let reader = await read(board)
      const isEqual = () => board.people.every(person => contentOf(person.doc) === reader.content)
      while (!isEqual() && now() < end) {
        await sleep(200)
        reader = await read(board)
      }
      if (!isEqual()) wrong.push(`${board.id}: not everybody has the same`)
      wrong.push(...await lostOn(board, promisesOf(board)))
    }
    return { unsaved: unsaved(), wrong }
  }
}

const input = readline.createInterface({ input: process.stdin })
const run = async () => {
  for await (const line of input) {
    const { command, ...args } = JSON.parse(line)
    let answer
    try { answer = { ok: await commands[command](args) } } catch (error) { answer = { error: String(error) } }
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  process.exit(0)
}
run()

/** People who edit or point at a steady rate; some of them measure what arrives. */
import { performance } from 'node:perf_hooks'
import * as Y from 'yjs'
import { cpuSeconds, joinAll, now, quantile, refuseClosed, sleep } from './client.js'
import { Editor } from './edits.js'
import { AWARENESS, SAVED, SYNC, UPDATE, readAwareness } from './wire.js'

const WARM_UP_MS = 1500
const STRAGGLERS_MS = 1500
const TICK_MS = 2
const FIRST_X = 100.5

/**
 * @typedef {object} Person
 * @property {import('./client.js').Client} client
 * @property {Editor} editor
 * @property {number[]} sentAt by clock of the edit; NaN where it is not measured
 * @property {number} due
 */

/**
 * Everybody in `rooms` (one person for each name in the list) sends `rate` messages a second.
 *
 * @param {import('./client.js').Target} target
 * @param {object} options
 * @param {string[]} options.rooms
 * @param {number} options.rate
 * @param {number} options.seconds
 * @param {number} options.sample how many of them measure
 * @param {'edits' | 'cursors' | 'saved'} options.what
 */
export async function paced (target, { rooms, rate, seconds, sample, what }) {
  const clients = await joinAll(target, rooms)
  const people = clients.map((client, number) => newPerson(client, number))
  const isCursors = what === 'cursors'
  const latencies = /** @type {number[]} */ ([])
  const watch = what === 'saved' ? watchSaved : isCursors ? watchCursors : watchEdits
  const watchers = people.slice(0, sample).map((person, index) => watch(person, people, rooms, rooms[index], latencies))
  const pacer = startPacer(people, rate, isCursors)
  await sleep(WARM_UP_MS)

  pacer.measure(true)
  const cpu = cpuSeconds(target.pid)
  const busy = performance.eventLoopUtilization()
  const started = now()
  await sleep(seconds * 1000)
  pacer.measure(false)
  const elapsed = (now() - started) / 1000
  const cpuUsed = cpuSeconds(target.pid) - cpu
  const generator = performance.eventLoopUtilization(busy).utilization
  await sleep(STRAGGLERS_MS)
  pacer.stop()

  refuseClosed(clients)
  const missing = watchers.map((count) => count()).reduce((sum, count) => sum + count, 0)
  const arrived = latencies.length
  if (!isCursors) for (let left = missing; left > 0; left--) latencies.push(Infinity)
  return {
    sent: pacer.sent,
    sentPerSecond: pacer.sent / elapsed,
    cpuShare: cpuUsed / elapsed,
    cpuMicrosecondsPerMessage: cpuUsed / pacer.sent * 1e6,
    arrived,
    missing,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    generatorShare: generator
  }
}

/**
 * @param {import('./client.js').Client} client
 * @param {number} number
 * @returns {Person}
 */
function newPerson (client, number) {
  return { client, editor: new Editor(number), sentAt: [], due: 0 }
}

/**
 * @param {Person[]} people
 * @param {number} rate
 * @param {boolean} isCursors
 */
function startPacer (people, rate, isCursors) {
  const period = 1000 / rate
  const start = now()
  people.forEach((person, index) => {
    person.due = start + period * index / people.length
    if (!isCursors) sendEdit(person, person.editor.draw(), 0, NaN)
  })
  const pacer = { sent: 0, isMeasured: false, measure: (/** @type {boolean} */ on) => { pacer.isMeasured = on }, stop: () => clearInterval(timer) }
  const timer = setInterval(() => {
    const time = now()
    for (const person of people) {
      if (person.due > time) continue
      person.due += period
      if (pacer.isMeasured) pacer.sent += 1
      if (isCursors) sendCursor(person, pacer.isMeasured)
      else sendEdit(person, person.editor.move(), person.editor.clock - 1, pacer.isMeasured ? now() : NaN)
    }
  }, TICK_MS)
  return pacer
}

/**
 * @param {Person} person
 * @param {Uint8Array} update
 * @param {number} clock
 * @param {number} time
 */
function sendEdit (person, update, clock, time) {
  person.sentAt[clock] = time
  person.client.send(person.client.wire.sync(UPDATE, update))
}

/**
 * @param {Person} person
 * @param {boolean} isMeasured
 */
function sendCursor (person, isMeasured) {
  const clock = person.sentAt.length
  const state = {
    user: { id: String(person.editor.number), name: 'Alice' },
    pointer: { x: FIRST_X + clock, y: 200.25 + clock, tool: 'pointer' },
    button: 'up',
    selectedElementIds: {}
  }
  person.sentAt.push(isMeasured ? now() : NaN)
  person.client.send(person.client.wire.awareness(person.editor.client, clock, state))
}

/**
 * Notes when the edits of the others in one's room arrive. Returns how many measured ones did not; and
 * checks that what arrived makes the same document as what was sent.
 * @param {Person} me
 * @param {Person[]} people
 * @param {string[]} rooms
 * @param {string} room
 * @param {number[]} latencies
 */
function watchEdits (me, people, rooms, room, latencies) {
  const others = new Map(people.filter((person, index) => person !== me && rooms[index] === room)
    .map((person) => [person.editor.client, person]))
  const reached = new Map([...others.keys()].map((client) => [client, 0]))
  const updates = /** @type {Uint8Array[]} */ ([])
  me.client.listen(({ type, kind, payload }) => {
    if (type !== SYNC || kind === 0) return
    const time = now()
    updates.push(payload)
    for (const [client, end] of Y.parseUpdateMeta(payload).to) {
      const sentAt = others.get(client)?.sentAt
      if (sentAt === undefined) continue
      for (let clock = reached.get(client) ?? 0; clock < end; clock++) {
        const sent = sentAt[clock]
        if (sent > 0) latencies.push(time - sent)
      }
      reached.set(client, Math.max(end, reached.get(client) ?? 0))
    }
  })
  return () => {
    checkContent(updates, [...others.values()], reached)
    let missing = 0
    for (const [client, { sentAt }] of others) {
      for (let clock = reached.get(client) ?? 0; clock < sentAt.length; clock++) if (sentAt[clock] > 0) missing++
    }
    return missing
  }
}

/**
 * @param {Uint8Array[]} updates
 * @param {Person[]} others
 * @param {Map<number, number>} reached
 */
function checkContent (updates, others, reached) {
  const doc = new Y.Doc()
  doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)))
  const elements = doc.getMap('elements')
  for (const { editor } of others) {
    if (reached.get(editor.client) !== editor.clock) continue
    const mine = JSON.stringify(editor.element?.toJSON())
    const theirs = JSON.stringify(/** @type {Y.Map<unknown>} */ (elements.get(editor.id))?.toJSON())
    if (sorted(mine) !== sorted(theirs)) throw new Error(`${editor.id} differs: ${mine} and ${theirs}`)
  }
}

/** @param {string | undefined} json */
function sorted (json) {
  return JSON.stringify(Object.entries(JSON.parse(json ?? '{}')).sort())
}

/**
 * Notes when the cursors of the others arrive; servers may leave states out that are overtaken, and count
 * their clocks themselves: the pointer says which state it is.
 * @param {Person} me
 * @param {Person[]} people
 * @param {string[]} _rooms
 * @param {string} _room
 * @param {number[]} latencies
 */
function watchCursors (me, people, _rooms, _room, latencies) {
  const others = new Map(people.filter((person) => person !== me).map((person) => [person.editor.client, person]))
  me.client.listen(({ type, payload }) => {
    if (type !== AWARENESS) return
    const time = now()
    for (const [client, state] of readAwareness(payload)) {
      const sent = others.get(client)?.sentAt[Math.round(state.pointer.x - FIRST_X)]
      if (sent !== undefined && sent > 0) latencies.push(time - sent)
    }
  })
  return () => 0
}

/**
 * Notes when the server says that one's own edits are committed.
 * @param {Person} me
 * @param {Person[]} _people
 * @param {string[]} _rooms
 * @param {string} _room
 * @param {number[]} latencies
 */
function watchSaved (me, _people, _rooms, _room, latencies) {
  let reached = 0
  me.client.listen(({ type, payload }) => {
    if (type !== SAVED) return
    const time = now()
    const end = Y.decodeStateVector(payload).get(me.editor.client) ?? 0
    for (; reached < end; reached++) {
      const sent = me.sentAt[reached]
      if (sent > 0) latencies.push(time - sent)
    }
  })
  return () => me.sentAt.filter((sent, clock) => clock >= reached && sent > 0).length
}

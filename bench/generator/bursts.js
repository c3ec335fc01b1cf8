/** As much as the server takes: bursts of edits, crowds that join, connections that idle, long histories. */
import * as Y from 'yjs'
import { Client, cpuSeconds, joinAll, now, quantile, refuseClosed, residentBytes, sleep } from './client.js'
import { Editor, addElement, fullBoard } from './edits.js'
import { SAVED, UPDATE, Wire } from './wire.js'
import { Socket } from './socket.js'

const FRAMES_PER_TURN = 20
const PATIENCE_MS = 120_000
const MARKER = 'burst-is-over-'

/**
 * Everybody in one room sends `updates` edits at once; how long until everybody has everybody's last one.
 * @param {import('./client.js').Target} target
 * @param {{ room: string, people: number, updates: number }} options
 */
export async function burst (target, { room, people, updates }) {
  const clients = await joinAll(target, Array(people).fill(room))
  const editors = clients.map((_, number) => new Editor(number))
  const series = editors.map((editor, number) => {
    const made = [editor.draw()]
    while (made.length < updates - 1) made.push(editor.move())
    made.push(editor.finish(`${MARKER}${String(number).padStart(3, '0')}`))
    return made.map((update) => clients[number].wire.sync(UPDATE, update))
  })
  const finished = clients.map(({ socket }, number) => lastMarkers(socket, people, number))
  const cpu = cpuSeconds(target.pid)
  const started = now()
  for (let at = 0; at < updates; at += FRAMES_PER_TURN) {
    clients.forEach((client, number) => {
      client.socket.stream.cork()
      series[number].slice(at, at + FRAMES_PER_TURN).forEach((message) => client.send(message))
      client.socket.stream.uncork()
    })
    await new Promise(setImmediate)
  }
  await withPatience(Promise.all(finished), clients)
  const seconds = (now() - started) / 1000
  const delivered = people * (people - 1) * updates
  return { seconds, delivered, perSecond: delivered / seconds, cpuSeconds: cpuSeconds(target.pid) - cpu }
}

/**
 * Resolves when the bytes that came hold the last edits of all others.
 * @param {import('./socket.js').Socket} socket
 * @param {number} people
 * @param {number} me
 * @returns {Promise<void>}
 */
function lastMarkers (socket, people, me) {
  const wanted = new Set(Array(people).keys())
  wanted.delete(me)
  const size = MARKER.length + 3
  let tail = Buffer.alloc(0)
  return new Promise((resolve) => {
    socket.onChunk = (chunk) => {
      const bytes = Buffer.concat([tail, chunk])
      for (let at = bytes.indexOf(MARKER); at >= 0 && at + size <= bytes.length; at = bytes.indexOf(MARKER, at + size)) {
        wanted.delete(Number(bytes.toString('latin1', at + MARKER.length, at + size)))
      }
      tail = bytes.subarray(Math.max(0, bytes.length - size + 1))
      if (wanted.size === 0) resolve()
    }
  })
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {Client[]} clients
 * @returns {Promise<T>}
 */
async function withPatience (work, clients) {
  let timer
  const limit = new Promise((_resolve, reject) => {
    const deadline = now() + PATIENCE_MS
    timer = setInterval(() => {
      try {
        refuseClosed(clients)
        if (now() > deadline) throw new Error('it took too long')
      } catch (error) {
        reject(error)
      }
    }, 500)
  })
  try {
    return /** @type {T} */ (await Promise.race([work, limit]))
  } finally {
    clearInterval(timer)
  }
}

/**
 * Opens a board of `elements`: ten times alone, then `people` at once.
 * @param {import('./client.js').Target} target
 * @param {{ room: string, elements: number, people: number }} options
 */
export async function join (target, { room, elements, people }) {
  const board = fullBoard(elements)
  const author = await Client.join(target, room)
  author.send(author.wire.sync(UPDATE, board))
  while (await largestFrame(target, room) < board.length * 0.9) await sleep(100)
  const alone = /** @type {number[]} */ ([])
  while (alone.length < 10) {
    const { time, socket } = await synced(target, room, board.length)
    alone.push(time)
    socket.close()
  }
  const cpu = cpuSeconds(target.pid)
  const started = now()
  const crowd = await Promise.all(Array.from({ length: people }, () => synced(target, room, board.length)))
  const allSeconds = (now() - started) / 1000
  const cpuUsed = cpuSeconds(target.pid) - cpu
  crowd.forEach(({ socket }) => socket.close())
  return {
    boardBytes: board.length,
    alone: quantile(alone, 0.5),
    allSeconds,
    crowdP50: quantile(crowd.map(({ time }) => time), 0.5),
    cpuSeconds: cpuUsed
  }
}

/**
 * The largest frame that a newcomer gets within a second.
 * @param {import('./client.js').Target} target
 * @param {string} room
 */
async function largestFrame (target, room) {
  const socket = await open(target, room)
  let largest = 0
  socket.onFrame = (length) => { largest = Math.max(largest, length) }
  await sleep(1000)
  socket.close()
  return largest
}

/**
 * Connects, and sends the greetings.
 * @param {import('./client.js').Target} target
 * @param {string} room
 */
async function open (target, room) {
  const socket = await Socket.open(`${target.url}/${target.dialect === 'hocuspocus' ? '' : room}${target.query}`)
  for (const message of new Wire(target.dialect, room).greetings()) socket.send(message)
  return socket
}

/**
 * Connects, and waits until the whole board is there.
 * @param {import('./client.js').Target} target
 * @param {string} room
 * @param {number} size of the board
 * @returns {Promise<{ time: number, socket: Socket }>} the milliseconds that it took
 */
async function synced (target, room, size) {
  const started = now()
  const socket = await open(target, room)
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no board came; closed: ${socket.closed}`)), PATIENCE_MS)
    socket.onFrame = (length) => {
      if (length >= size * 0.9) {
        clearTimeout(timer)
        resolve(null)
      }
    }
  })
  return { time: now() - started, socket }
}

/**
 * What silent connections, and boards that nobody has open any more, hold in memory.
 * @param {import('./client.js').Target} target
 * @param {{ rooms: string[], connections: number, settleSeconds: number }} options the first room is for the
 *   connections; each of the others is opened, drawn in and left
 */
export async function idle (target, { rooms, connections, settleSeconds }) {
  const [first, ...others] = rooms
  const warm = Math.floor(others.length / 2)
  const leave = (/** @type {Client[]} */ clients) => clients.forEach(({ socket }) => socket.close())
  leave(await joinAll(target, Array(50).fill(first)))
  await sleep(1000)
  const before = residentBytes(target.pid)
  const clients = await joinAll(target, Array(connections).fill(first))
  await sleep(2000)
  const perConnection = (residentBytes(target.pid) - before) / connections
  leave(clients)
  await visit(target, others.slice(0, warm))
  await sleep(settleSeconds * 1000)
  const warmed = residentBytes(target.pid)
  await visit(target, others.slice(warm))
  await sleep(settleSeconds * 1000)
  return { perConnection, perRoom: (residentBytes(target.pid) - warmed) / (others.length - warm) }
}

/**
 * Opens each room, draws one element, and leaves, a few rooms at a time.
 * @param {import('./client.js').Target} target
 * @param {string[]} rooms
 */
async function visit (target, rooms) {
  for (let at = 0; at < rooms.length; at += 20) {
    const clients = await joinAll(target, rooms.slice(at, at + 20))
    clients.forEach((client, number) => client.send(client.wire.sync(UPDATE, new Editor(number).draw())))
    await sleep(100)
    clients.forEach(({ socket }) => socket.close())
  }
}

/**
 * Makes a long history: `people` change `elements` elements `edits` times, each waiting for the commit of the
 * last edit before the next. Returns what the content takes when it is encoded fresh.
 * @param {import('./client.js').Target} target
 * @param {{ room: string, people: number, elements: number, edits: number }} options
 */
export async function history (target, { room, people, elements, edits }) {
  const clients = await joinAll(target, Array(people).fill(room))
  const started = now()
  const contents = await withPatience(Promise.all(clients.map((client, number) =>
    editInTurn(client, number, elements / people, edits / people))), clients)
  const fresh = new Y.Doc()
  fresh.transact(() => contents.flat().forEach(([id, groups]) => {
    const element = addElement(fresh, id, 0)
    Object.entries(groups).forEach(([key, value]) => element.set(key, value))
  }))
  const again = new Y.Doc()
  again.transact(() => Object.entries(fresh.getMap('elements').toJSON()).forEach(([id, groups]) => {
    again.getMap('elements').set(id, new Y.Map(Object.entries(groups)))
  }))
  return { seconds: (now() - started) / 1000, freshBytes: Y.encodeStateAsUpdate(again).length }
}

/**
 * @param {Client} client
 * @param {number} number
 * @param {number} elements
 * @param {number} edits
 * @returns {Promise<[string, Record<string, unknown>][]>} the elements in the end
 */
async function editInTurn (client, number, elements, edits) {
  const editor = new Editor(number)
  const mine = Array.from({ length: elements }, (_, index) => `h-${number}-${index}`)
  let saved = (/** @type {number} */ _clock) => {}
  client.listen(({ type, payload }) => {
    if (type === SAVED) saved(Y.decodeStateVector(payload).get(editor.client) ?? 0)
  })
  let made = new Uint8Array()
  editor.doc.on('update', (/** @type {Uint8Array} */ update) => { made = update })
  const commit = () => new Promise((resolve) => {
    const clock = editor.clock
    saved = (end) => { if (end >= clock) resolve(null) }
    client.send(client.wire.sync(UPDATE, made))
  })
  editor.doc.transact(() => mine.forEach((id, index) => addElement(editor.doc, id, number * elements + index)))
  await commit()
  const all = /** @type {Y.Map<Y.Map<unknown>>} */ (editor.doc.getMap('elements'))
  for (let edit = 0; edit < edits; edit++) {
    const element = /** @type {Y.Map<unknown>} */ (all.get(mine[(edit * 7) % mine.length]))
    if (edit % 10 === 0) element.set('strokeColor', `#${String(edit % 1_000_000).padStart(6, '0')}`)
    else element.set('pos', [edit * 1.25, edit * 0.5])
    await commit()
  }
  return mine.map((id) => [id, /** @type {Y.Map<unknown>} */ (all.get(id)).toJSON()])
}

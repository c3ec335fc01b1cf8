/** People of the same rooms on two servers, or halves of one: how long edits take from one half to the other. */
import { cpuSeconds, familySeconds, joinAll, now, quantile, refuseClosed, sleep } from './client.js'
import { Editor } from './edits.js'
import * as Y from 'yjs'
import { SYNC, UPDATE } from './wire.js'

const WARM_UP_MS = 1500
const STRAGGLERS_MS = 20_000
const TICK_MS = 2

/**
 * Every room has `people` on each of the two targets, who send `rate` edits a second; on the first one
 * `sample` people note when the edits of the second arrive. With `affinity` a room has all of them on one of the
 * targets, and the next room on the other.
 *
 * @param {import('./client.js').Target} target
 * @param {object} options
 * @param {import('./client.js').Target} options.other
 * @param {string[]} options.rooms
 * @param {number} options.people
 * @param {number} options.rate
 * @param {number} options.seconds
 * @param {number} options.sample
 * @param {boolean} options.affinity
 * @param {number[]} options.services processes whose processor time is counted besides
 */
export async function across (target, { other, rooms, people, rate, seconds, sample, affinity, services }) {
  const places = rooms.flatMap((room) => Array(people).fill(room))
  const targetOf = (/** @type {string} */ room) => rooms.indexOf(room) % 2 ? other : target
  const here = affinity ? await joinOn(targetOf, places) : await joinAll(target, places)
  const there = affinity ? await joinOn(targetOf, places) : await joinAll(other, places)
  const clients = [...here, ...there]
  const editors = clients.map((_, number) => new Editor(number))
  const sentAt = /** @type {Map<number, number[]>} */ (new Map(editors.map(({ client }) => [client, []])))
  const latencies = /** @type {number[]} */ ([])
  const reached = here.slice(0, sample).map((client, index) => {
    const writers = editors.slice(here.length).filter((_, at) => places[at] === places[index])
    return { writers, reached: watch(client, writers, sentAt, latencies) }
  })

  const state = { sent: 0, isMeasured: false }
  const period = 1000 / rate
  const start = now()
  const due = clients.map((_, index) => start + period * index / clients.length)
  clients.forEach((client, index) => client.send(client.wire.sync(UPDATE, editors[index].draw())))
  const timer = setInterval(() => {
    const time = now()
    clients.forEach((client, index) => {
      if (due[index] > time) return
      due[index] += period
      const editor = editors[index]
      const update = editor.move()
      const times = /** @type {number[]} */ (sentAt.get(editor.client))
      times[editor.clock - 1] = state.isMeasured ? now() : NaN
      if (state.isMeasured) state.sent += 1
      client.send(client.wire.sync(UPDATE, update))
    })
  }, TICK_MS)

  await sleep(WARM_UP_MS)
  const pids = [...new Set([target.pid, other.pid])]
  const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const servicesCpu = () => services.reduce((sum, pid) => sum + familySeconds(pid), 0)
  const before = cpu()
  const servicesBefore = servicesCpu()
  const began = now()
  state.isMeasured = true
  await sleep(seconds * 1000)
  state.isMeasured = false
  const elapsed = (now() - began) / 1000
  const used = cpu() - before
  const usedByServices = servicesCpu() - servicesBefore
  clearInterval(timer)
  const countMissing = () => reached.reduce((sum, { writers, reached: clocks }) => sum + writers.reduce((some, { client }) => {
    const times = /** @type {number[]} */ (sentAt.get(client))
    return some + times.filter((time, clock) => time > 0 && clock >= (clocks.get(client) ?? 0)).length
  }, 0), 0)
  for (const end = now() + STRAGGLERS_MS; countMissing() > 0 && now() < end;) await sleep(50)
  refuseClosed(clients)

  const delivered = state.sent * (2 * people - 1)
  return {
    deliveredPerSecond: delivered / elapsed,
    cpuShare: used / elapsed,
    cpuMicrosecondsPerMessage: used / state.sent * 1e6,
    withServicesPerMessage: (used + usedByServices) / state.sent * 1e6,
    missing: countMissing(),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99)
  }
}

/**
 * Joins each place on its own target; the clients are in the order of the places.
 * @param {(room: string) => import('./client.js').Target} targetOf
 * @param {string[]} places
 */
async function joinOn (targetOf, places) {
  const clients = /** @type {import('./client.js').Client[]} */ (Array(places.length))
  for (const target of new Set(places.map(targetOf))) {
    const indices = [...places.keys()].filter((index) => targetOf(places[index]) === target)
    const joined = await joinAll(target, indices.map((index) => places[index]))
    indices.forEach((index, at) => { clients[index] = joined[at] })
  }
  return clients
}

/**
 * Returns how far each writer's edits have come, kept up to date.
 * @param {import('./client.js').Client} client
 * @param {Editor[]} writers
 * @param {Map<number, number[]>} sentAt
 * @param {number[]} latencies
 */
function watch (client, writers, sentAt, latencies) {
  const reached = new Map(writers.map((writer) => [writer.client, 0]))
  client.listen(({ type, kind, payload }) => {
    if (type !== SYNC || kind === 0) return
    const time = now()
    for (const [id, end] of Y.parseUpdateMeta(payload).to) {
      const from = reached.get(id)
      if (from === undefined) continue
      const times = sentAt.get(id) ?? []
      for (let clock = from; clock < end; clock++) if (times[clock] > 0) latencies.push(time - times[clock])
      reached.set(id, Math.max(from, end))
    }
  })
  return reached
}

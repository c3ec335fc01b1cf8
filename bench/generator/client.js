/** A person on a board: a socket that has synced once. */
import { performance } from 'node:perf_hooks'
import { readFileSync } from 'node:fs'
import { Socket } from './socket.js'
import { STEP2, SYNC, Wire } from './wire.js'

/**
 * @typedef {{ url: string, dialect: import('./wire.js').Dialect, query: string, pid: number }} Target
 */

const OPEN_AT_ONCE = 25
const SYNC_TIMEOUT_MS = 30_000

/** A client of one room. */
export class Client {
  /**
   * @param {Socket} socket
   * @param {Wire} wire
   */
  constructor (socket, wire) {
    this.socket = socket
    this.wire = wire
  }

  /**
   * Connects, and returns when the first sync step 2 has come. Then payloads are not looked at any more.
   * @param {Target} target
   * @param {string} room
   * @returns {Promise<Client>}
   */
  static async join (target, room) {
    const path = target.dialect === 'hocuspocus' ? '' : room
    const socket = await Socket.open(`${target.url}/${path}${target.query}`)
    const client = new Client(socket, new Wire(target.dialect, room))
    await client._sync()
    return client
  }

  /** @returns {Promise<void>} */
  _sync () {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not synced; closed: ${this.socket.closed}`)), SYNC_TIMEOUT_MS)
      this.socket.onPayload = (payload) => {
        if (this.wire.decode(payload).some(({ type, kind }) => type === SYNC && kind === STEP2)) {
          clearTimeout(timer)
          this.socket.onPayload = null
          resolve()
        }
      }
      for (const message of this.wire.greetings()) this.socket.send(message)
    })
  }

  /**
   * Calls back with every message from now on.
   * @param {(message: import('./wire.js').Message) => void} take
   */
  listen (take) {
    this.socket.onPayload = (payload) => this.wire.decode(payload).forEach(take)
  }

  /** @param {Uint8Array} message */
  send (message) {
    this.socket.send(message)
  }
}

/**
 * Joins `rooms[i]` for each i, a few at a time. The first of each room comes before the others:
 * pycrdt-websocket leaves people without an answer who open a room at the same moment.
 * @param {Target} target
 * @param {string[]} rooms
 */
export async function joinAll (target, rooms) {
  const clients = /** @type {Client[]} */ (Array(rooms.length))
  const isFirst = rooms.map((room, index) => rooms.indexOf(room) === index)
  const order = [...rooms.keys()].sort((a, b) => Number(isFirst[b]) - Number(isFirst[a]))
  const openers = isFirst.filter(Boolean).length
  const joinSome = async (/** @type {number[]} */ some) => {
    for (let at = 0; at < some.length; at += OPEN_AT_ONCE) {
      await Promise.all(some.slice(at, at + OPEN_AT_ONCE).map(async (index) => {
        clients[index] = await Client.join(target, rooms[index])
      }))
    }
  }
  await joinSome(order.slice(0, openers))
  await joinSome(order.slice(openers))
  return clients
}

/**
 * The processor seconds that a process has used.
 * @param {number} pid
 */
export function cpuSeconds (pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/**
 * The same of a service: its first process and all that it started, also those that have ended.
 * @param {number} pid
 */
export function familySeconds (pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
  const ended = (Number(fields[13]) + Number(fields[14])) / 100
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean)
  return cpuSeconds(pid) + ended + children.reduce((sum, child) => sum + cpuSecondsIfAlive(Number(child)), 0)
}

/**
 * One that has just ended is counted by the process that started it.
 * @param {number} pid
 */
function cpuSecondsIfAlive (pid) {
  try {
    return cpuSeconds(pid)
  } catch {
    return 0
  }
}

/**
 * The bytes of memory that a process holds.
 * @param {number} pid
 */
export function residentBytes (pid) {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(line?.[1]) * 1024
}

/** @param {number} milliseconds */
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const now = () => performance.now()

/**
 * @param {number[]} values in any order; they are sorted in place
 * @param {number} share 0 to 1
 */
export function quantile (values, share) {
  if (values.length === 0) return null
  values.sort((a, b) => a - b)
  const value = values[Math.min(values.length - 1, Math.floor(values.length * share))]
  return Number.isFinite(value) ? value : null
}

/** @param {Client[]} clients */
export function refuseClosed (clients) {
  const closed = clients.find(({ socket }) => socket.closed !== null)
  if (closed) throw new Error(`a socket was closed: ${closed.socket.closed}`)
}

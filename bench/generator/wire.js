/** What the servers speak: the y-websocket protocol, bare or as Hocuspocus wraps it. */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

export const SYNC = 0
export const AWARENESS = 1
export const SAVED = 100
export const STEP1 = 0
export const STEP2 = 1
export const UPDATE = 2
const HOCUSPOCUS_AUTH = 2
const EMPTY_STATE_VECTOR = new Uint8Array([0])

/**
 * @typedef {{ type: number, kind: number, payload: Uint8Array }} Message
 * @typedef {'y-websocket' | 'hocuspocus'} Dialect
 */

/**
 * The messages of one room in one dialect.
 */
export class Wire {
  /**
   * @param {Dialect} dialect
   * @param {string} room
   */
  constructor (dialect, room) {
    this.prefix = dialect === 'hocuspocus' ? encoding.encode((e) => encoding.writeVarString(e, room)) : null
  }

  /** @param {(e: encoding.Encoder) => void} write */
  _message (write) {
    return encoding.encode((e) => {
      if (this.prefix) encoding.writeUint8Array(e, this.prefix)
      write(e)
    })
  }

  /**
   * @param {number} kind
   * @param {Uint8Array} payload
   */
  sync (kind, payload) {
    return this._message((e) => {
      encoding.writeVarUint(e, SYNC)
      encoding.writeVarUint(e, kind)
      encoding.writeVarUint8Array(e, payload)
    })
  }

  /** What a newcomer says first. */
  greetings () {
    const step1 = this.sync(STEP1, EMPTY_STATE_VECTOR)
    if (!this.prefix) return [step1]
    const auth = this._message((e) => {
      encoding.writeVarUint(e, HOCUSPOCUS_AUTH)
      encoding.writeVarUint(e, 0)
      encoding.writeVarString(e, 'bench')
    })
    return [auth, step1]
  }

  /**
   * @param {number} client
   * @param {number} clock
   * @param {unknown} state
   */
  awareness (client, clock, state) {
    const update = encoding.encode((e) => {
      encoding.writeVarUint(e, 1)
      encoding.writeVarUint(e, client)
      encoding.writeVarUint(e, clock)
      encoding.writeVarString(e, JSON.stringify(state))
    })
    return this._message((e) => {
      encoding.writeVarUint(e, AWARENESS)
      encoding.writeVarUint8Array(e, update)
    })
  }

  /**
   * The messages of a frame, as far as they matter here.
   * @param {Uint8Array} frame
   * @returns {Message[]}
   */
  decode (frame) {
    const d = decoding.createDecoder(frame)
    const messages = []
    while (decoding.hasContent(d)) {
      if (this.prefix) decoding.readVarString(d)
      const type = decoding.readVarUint(d)
      if (type === SYNC) {
        const kind = decoding.readVarUint(d)
        messages.push({ type, kind, payload: decoding.readVarUint8Array(d) })
      } else if (type === AWARENESS || type === SAVED) {
        messages.push({ type, kind: 0, payload: decoding.readVarUint8Array(d) })
      } else {
        break // Hocuspocus's own: authenticated, sync status
      }
    }
    return messages
  }
}

/**
 * The states of a presence message by client, without those who left.
 * @param {Uint8Array} update
 * @returns {[number, { pointer: { x: number } }][]}
 */
export function readAwareness (update) {
  const d = decoding.createDecoder(update)
  const entries = /** @type {[number, any][]} */ ([])
  for (let left = decoding.readVarUint(d); left > 0; left--) {
    const client = decoding.readVarUint(d)
    decoding.readVarUint(d) // the clock
    const state = JSON.parse(decoding.readVarString(d))
    if (state?.pointer) entries.push([client, state])
  }
  return entries
}

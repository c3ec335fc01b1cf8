/**
 * A WebSocket client that costs the generator next to nothing, so that one core can play hundreds of
 * people: frames are walked by their headers; payloads are put together only for whoever wants them.
 */
import net from 'node:net'

const HANDSHAKE_END = Buffer.from('\r\n\r\n')
/** All sockets read into the same memory, one after another: what outlives the reading is copied. */
const RECEIVED = Buffer.alloc(256 * 1024)
const OPCODE_CLOSE = 8
const OPCODE_PING = 9
const OPCODE_PONG = 10

/**
 * One binary (or control) frame. The mask is all zeros, which RFC 6455 allows and which leaves the payload
 * as it is: the server still has to unmask it.
 * @param {Uint8Array} payload
 * @param {number} [opcode]
 * @returns {Buffer}
 */
export function encodeFrame (payload, opcode = 2) {
  const size = payload.length
  const head = size < 126 ? 2 : size < 65536 ? 4 : 10
  const frame = Buffer.alloc(head + 4 + size)
  frame[0] = 0x80 | opcode
  if (head === 2) {
    frame[1] = 0x80 | size
  } else if (head === 4) {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(size, 2)
  } else {
    frame[1] = 0x80 | 127
    frame.writeBigUInt64BE(BigInt(size), 2)
  }
  frame.set(payload, head + 4)
  return frame
}

/** One open connection. Set `onPayload` to get whole payloads, `onFrame` for lengths alone. */
export class Socket {
  /** @param {net.Socket} stream */
  constructor (stream) {
    this.stream = stream
    /** @type {((payload: Buffer) => void) | null} */
    this.onPayload = null
    /** @type {((length: number) => void) | null} */
    this.onFrame = null
    /** @type {((chunk: Buffer) => void) | null} */
    this.onChunk = null
    /** @type {string | null} why the server ended it */
    this.closed = null
    this._carry = null
    this._opcode = 0
    this._length = 0
    this._left = 0
    /** @type {Buffer[]} */
    this._parts = []
  }

  /**
   * @param {string} url ws://host:port/path
   * @returns {Promise<Socket>}
   */
  static open (url) {
    const { hostname, port, pathname, search, host } = new URL(url)
    return new Promise((resolve, reject) => {
      let socket = /** @type {Socket | null} */ (null)
      let head = Buffer.alloc(0)
      const fail = () => reject(new Error(`no connection: ${head.toString('latin1').slice(0, 200)}`))
      /** @param {Buffer} chunk */
      const shakeHands = (chunk) => {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf(HANDSHAKE_END)
        if (end < 0) return
        if (!head.toString('latin1', 0, 12).endsWith(' 101')) return fail()
        stream.off('close', fail)
        const opened = socket = new Socket(stream)
        stream.on('close', () => { opened.closed ??= 'without a word' })
        resolve(opened)
        const rest = head.subarray(end + HANDSHAKE_END.length)
        if (rest.length > 0) setImmediate(() => opened._read(rest))
      }
      /** @param {number} size */
      const read = (size) => {
        const chunk = RECEIVED.subarray(0, size)
        if (socket === null) shakeHands(chunk)
        else socket._read(chunk)
        return true
      }
      const onread = { buffer: RECEIVED, callback: read }
      const stream = net.connect({ host: hostname, port: Number(port), noDelay: true, onread })
      stream.on('error', fail)
      stream.on('close', fail)
      stream.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YmVuY2htYXJrLWtleS0wMQ==\r\n\r\n')
    })
  }

  /** @param {Uint8Array} payload */
  send (payload) {
    this.stream.write(encodeFrame(payload))
  }

  /** Ends the connection without waiting for the server. */
  close () {
    this.closed = 'by us'
    this.stream.destroy()
  }

  /** @param {Buffer} chunk */
  _read (chunk) {
    this.onChunk?.(chunk)
    if (this._carry !== null) {
      chunk = Buffer.concat([this._carry, chunk])
      this._carry = null
    }
    let at = 0
    while (at < chunk.length) {
      if (this._left > 0) {
        const take = Math.min(this._left, chunk.length - at)
        if (this._wantsPayload()) this._parts.push(Buffer.from(chunk.subarray(at, at + take)))
        this._left -= take
        at += take
        if (this._left === 0) this._finish()
        continue
      }
      const size = headerSize(chunk, at)
      if (at + size > chunk.length) {
        this._carry = Buffer.from(chunk.subarray(at))
        return
      }
      this._opcode = chunk[at] & 15
      this._length = this._left = payloadLength(chunk, at)
      at += size
      if (this._left === 0) this._finish()
    }
  }

  _wantsPayload () {
    return this.onPayload !== null || this._opcode >= OPCODE_CLOSE
  }

  _finish () {
    const parts = this._parts
    if (parts.length > 0) this._parts = []
    if (this._opcode >= OPCODE_CLOSE) {
      this._control(Buffer.concat(parts))
      return
    }
    this.onFrame?.(this._length)
    if (this.onPayload !== null) this.onPayload(parts.length === 1 ? parts[0] : Buffer.concat(parts))
  }

  /** @param {Buffer} payload */
  _control (payload) {
    if (this._opcode === OPCODE_PING) {
      this.stream.write(encodeFrame(payload, OPCODE_PONG))
    } else if (this._opcode === OPCODE_CLOSE) {
      this.closed ??= payload.length < 2 ? 'no code' : `${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`
      this.stream.destroy()
    }
  }
}

/**
 * @param {Buffer} chunk
 * @param {number} at
 */
function headerSize (chunk, at) {
  if (at + 2 > chunk.length) return 2
  const short = chunk[at + 1] & 127
  return short < 126 ? 2 : short === 126 ? 4 : 10
}

/**
 * @param {Buffer} chunk
 * @param {number} at
 */
function payloadLength (chunk, at) {
  const short = chunk[at + 1] & 127
  if (short < 126) return short
  return short === 126 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2))
}

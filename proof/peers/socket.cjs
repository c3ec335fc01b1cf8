// A WebSocket for y-websocket's provider that speaks to Hocuspocus: there each message begins with the name of its
// document, somebody says first who they are, and some kinds of message are its own.
'use strict'

const AUTH = 2
const SYNC = 0
const AWARENESS = 1
const QUERY_AWARENESS = 3
const SYNC_REPLY = 4

/** The class, over the packages that the people use. */
exports.hocuspocusSocket = ({ WebSocket, decoding, encoding }) => class {
  OPEN = 1

  constructor (url) {
    const { pathname } = new URL(url)
    this.name = pathname.slice(1)
    this.inner = new WebSocket(url)
    this.inner.binaryType = 'arraybuffer'
    this.inner.onopen = event => {
      this.write(encoder => {
        encoding.writeVarUint(encoder, AUTH)
        encoding.writeVarUint(encoder, 0)
        encoding.writeVarString(encoder, 'anybody')
      })
      this.onopen?.(event)
    }
    this.inner.onclose = event => this.onclose?.(event)
    this.inner.onerror = event => this.onerror?.(event)
    this.inner.onmessage = ({ data }) => this.read(new Uint8Array(data))
  }

  get readyState () { return this.inner.readyState }

  send (message) { this.write(encoder => encoding.writeUint8Array(encoder, message)) }

  close () { this.inner.close() }

  write (body) {
    this.inner.send(encoding.encode(encoder => {
      encoding.writeVarString(encoder, this.name)
      body(encoder)
    }))
  }

  /** Hands on what y-websocket knows; a frame may hold several messages. */
  read (frame) {
    const decoder = decoding.createDecoder(frame)
    while (decoding.hasContent(decoder)) {
      decoding.readVarString(decoder)
      const kind = decoding.readVarUint(decoder)
      const type = kind === SYNC_REPLY ? SYNC : kind
      if (type !== SYNC && type !== AWARENESS && type !== QUERY_AWARENESS) return
      const message = encoding.encode(encoder => {
        encoding.writeVarUint(encoder, type)
        if (type === SYNC) encoding.writeVarUint(encoder, decoding.readVarUint(decoder))
        if (type !== QUERY_AWARENESS) encoding.writeVarUint8Array(encoder, decoding.readVarUint8Array(decoder))
      })
      this.onmessage?.({ data: message.buffer.slice(message.byteOffset, message.byteOffset + message.byteLength) })
    }
  }
}

// A server of the y-websocket protocol that keeps documents in memory alone, as whoever kills it finds out.
'use strict'
const path = require('node:path')
const modules = path.join(__dirname, '..', '..', 'frontend', 'node_modules')
const load = name => require(require.resolve(name, { paths: [modules] }))
const Y = load('yjs')
const sync = load('y-protocols/sync')
const { WebSocketServer } = load('ws')
const decoding = load('lib0/decoding')
const encoding = load('lib0/encoding')

const SYNC = 0
const rooms = new Map()

const message = write => encoding.encode(encoder => {
  encoding.writeVarUint(encoder, SYNC)
  write(encoder)
})

const open = name => {
  const room = { doc: new Y.Doc(), sockets: new Set() }
  room.doc.on('update', (update, origin) => {
    for (const socket of room.sockets) if (socket !== origin) socket.send(message(encoder => sync.writeUpdate(encoder, update)))
  })
  rooms.set(name, room)
  return room
}

new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT) }).on('connection', (socket, request) => {
  const name = new URL(request.url, 'ws://here').pathname
  const { doc, sockets } = rooms.get(name) ?? open(name)
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
  socket.on('message', data => {
    const decoder = decoding.createDecoder(new Uint8Array(data))
    if (decoding.readVarUint(decoder) !== SYNC) return
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, SYNC)
    sync.readSyncMessage(decoder, encoder, doc, socket)
    if (encoding.length(encoder) > 1) socket.send(encoding.toUint8Array(encoder))
  })
  socket.send(message(encoder => sync.writeSyncStep1(encoder, doc)))
})

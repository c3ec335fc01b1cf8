// Hocuspocus with its SQLite extension, as its documentation starts it.
import { SQLite } from '@hocuspocus/extension-sqlite'
import { Server } from '@hocuspocus/server'

const { PORT, DATA, DEBOUNCE_MS } = process.env
const server = new Server({
  address: '127.0.0.1',
  port: Number(PORT),
  quiet: true,
  ...(DEBOUNCE_MS === undefined ? {} : { debounce: Number(DEBOUNCE_MS), maxDebounce: Number(DEBOUNCE_MS) }),
  extensions: [new SQLite({ database: `${DATA}/hocuspocus.sqlite` })]
})
await server.listen()

// Uses the generated types with openapi-fetch: URL and image as arguments. Checked by a strict tsc.
import { strict as assert } from 'node:assert'
import { readFile } from 'node:fs/promises'
import createClient from 'openapi-fetch'
import type { components, paths } from './api.js'

const [, , baseUrl = '', image = ''] = process.argv

const guest = createClient<paths>({ baseUrl })
const wrong = await guest.POST('/api/v1/auth/token', { body: { username: 'alice', password: 'wrong' } })
assert.equal(typeof wrong.error?.detail, 'string')
const token = await guest.POST('/api/v1/auth/token', { body: { username: 'alice', password: 'canvas-demo' } })
assert(token.data)
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token.data.access}` } })

const made = await client.POST('/api/v1/boards', { body: { title: 'By TypeScript' } })
assert(made.data)
const level: 'view' | 'comment' | 'edit' | null = made.data.level
assert.equal(level, 'edit')
const params = { path: { board_id: made.data.id } }

const box: components['schemas']['NewElement'] = { type: 'rectangle', id: 'box', x: 10, y: 20, width: 200, height: 100 }
const written = await client.POST('/api/v1/boards/{board_id}/elements', { params, body: { create: [box] } })
assert.deepEqual(written.data?.created, ['box'])
const refused = await client.POST('/api/v1/boards/{board_id}/elements', {
  params,
  // @ts-expect-error no element has such a property
  body: { create: [{ type: 'rectangle', colour: 'red' }] }
})
assert.match(refused.error?.detail ?? '', /colour/)

const kept = await client.POST('/api/v1/boards/{board_id}/versions', { params, body: { name: 'First' } })
assert(kept.data)
await client.POST('/api/v1/boards/{board_id}/elements', { params, body: { change: [{ id: 'box', x: 500 }] } })
const drawing = await client.GET('/api/v1/boards/{board_id}/elements', { params })
assert.deepEqual(drawing.data?.elements.map(one => [one.id, one.type, one.x]), [['box', 'rectangle', 500]])
const restored = await client.POST('/api/v1/boards/{board_id}/versions/{version_id}/restore', {
  params: { path: { ...params.path, version_id: kept.data.id } }
})
assert.equal(typeof restored.data?.seq, 'number')

const file = { params: { path: { ...params.path, file_id: 'picture' } } }
const uploaded = await client.PUT('/api/v1/boards/{board_id}/files/{file_id}', {
  ...file, body: new Blob([await readFile(image)]), headers: { 'Content-Type': 'application/octet-stream' },
  bodySerializer: body => body
})
assert(uploaded.data)
const back = await client.GET('/api/v1/boards/{board_id}/files/{file_id}', { ...file, parseAs: 'blob' })
assert.equal(back.data?.size, uploaded.data.size)

const thread = await client.POST('/api/v1/boards/{board_id}/comments', {
  params, body: { body: 'Here?', anchor: { element_id: 'box', dx: 1, dy: 1 } }
})
assert.equal(thread.data?.comments[0]?.author.name !== undefined, true)
const exported = await client.GET('/api/v1/boards/{board_id}/export', { params })
assert.deepEqual(exported.data?.elements.map(one => one.id), ['box'])
console.log(made.data.id)

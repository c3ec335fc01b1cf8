// Types of the interface from its schema: generate.mjs <schema> <answer>. Binary bodies are Blobs.
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(new URL('../../frontend/stubs/openapi/package.json', import.meta.url))
const { default: openapi, astToString } = await import(
  pathToFileURL(require.resolve('openapi-typescript')).href.replace('.cjs', '.mjs'))
const { factory } = require('typescript')

const [, , schema, answer] = process.argv
const blob = factory.createTypeReferenceNode(factory.createIdentifier('Blob'))
const types = await openapi(pathToFileURL(schema), {
  transform: one => (one.format === 'binary' ? blob : undefined)
})
await writeFile(answer, astToString(types))

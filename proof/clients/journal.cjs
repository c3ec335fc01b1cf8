// Writes events to a file before anything that follows from them can happen: see proof/history/__init__.py.
'use strict'
const fs = require('node:fs')

/** Every range of clocks that a delete set names. */
const rangesOf = deleteSet => [...deleteSet.clients].flatMap(([client, some]) => some.map(({ clock, len }) => [client, clock, len]))

class Journal {
  constructor (path) {
    this.file = fs.openSync(path, 'a')
  }

  write (kind, who, data = {}) {
    // Nanoseconds need more digits than a number has.
    const rest = JSON.stringify({ e: kind, who, ...data }).slice(1)
    fs.writeSync(this.file, `{"t":${process.hrtime.bigint()},${rest}\n`)
  }

  close () {
    fs.closeSync(this.file)
  }
}

module.exports = { Journal, rangesOf }

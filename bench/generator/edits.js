/** Updates as the board page makes them: by a real Yjs document, an element a person, then moves of it. */
import * as Y from 'yjs'

/**
 * What an element consists of when it is drawn; see docs/document.md.
 * @param {number} number makes places and orders differ
 * @returns {[string, unknown][]}
 */
export function elementGroups (number) {
  return [
    ['type', 'rectangle'], ['seed', 1_000_003 * (number + 1) % 2_147_483_647],
    ['pos', [17.5 * (number % 97), 23.25 * (number % 89)]], ['size', [120 + number % 50, 80]], ['angle', 0],
    ['strokeColor', '#1e1e1e'], ['backgroundColor', '#ffec99'], ['fillStyle', 'solid'], ['strokeWidth', 2],
    ['strokeStyle', 'solid'], ['roughness', 1], ['opacity', 100], ['roundness', { type: 3 }],
    ['index', `a${String(number).padStart(5, '0')}V`], ['groupIds', []], ['frameId', null], ['link', null],
    ['locked', false]
  ]
}

/**
 * @param {Y.Doc} doc
 * @param {string} id
 * @param {number} number
 * @returns {Y.Map<unknown>}
 */
export function addElement (doc, id, number) {
  const element = new Y.Map(elementGroups(number))
  doc.getMap('elements').set(id, element)
  return element
}

let serial = 0

/** One person with a document of their own, who drew one element and now drags it. */
export class Editor {
  /** @param {number} number */
  constructor (number) {
    this.number = number
    this.doc = new Y.Doc()
    // Never the same twice in one room, and as long as the random ids of real pages.
    this.doc.clientID = 0x40000000 + (process.pid % 10_000) * 100_000 + serial++
    this.id = `element-${this.doc.clientID}`
    this.moves = 0
    /** @type {Uint8Array} */
    this._made = new Uint8Array()
    this.doc.on('update', (/** @type {Uint8Array} */ update) => { this._made = update })
  }

  /** @returns {number} the client id */
  get client () {
    return this.doc.clientID
  }

  /** @returns {number} the clock that the next edit gets */
  get clock () {
    return Y.getState(this.doc.store, this.client)
  }

  /** @returns {Uint8Array} the update that draws the element */
  draw () {
    this.element = this.doc.transact(() => addElement(this.doc, this.id, this.number))
    return this._made
  }

  /** @returns {Uint8Array} the update that moves it by one step */
  move () {
    this.moves += 1
    this.element?.set('pos', [this.number + this.moves * 1.25, this.moves * 0.75])
    return this._made
  }

  /**
   * The update that says that this editor has finished, with a text that can be found in the bytes.
   * @param {string} marker
   */
  finish (marker) {
    this.element?.set('link', marker)
    return this._made
  }
}

/**
 * A document of `count` elements, as one update.
 * @param {number} count
 */
export function fullBoard (count) {
  const doc = new Y.Doc()
  doc.clientID = 0x50000000 + serial++
  doc.transact(() => {
    for (let number = 0; number < count; number++) addElement(doc, `e-${number}`, number)
  })
  return Y.encodeStateAsUpdate(doc)
}

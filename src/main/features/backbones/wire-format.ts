/**
 * The wire format of protocol buffers, read field by field from files that nobody vouches for: every length is compared
 * with the bytes that are there before it is believed, and what does not fit is refused.
 */
import { message } from '../../../shared/messages/message.ts'
import { Refusal } from './refusal.ts'

const damaged = (): Refusal => new Refusal(message('saved-model-damaged'))

/** A varint as a signed integer of 64 bits, or the bytes of a field with a length or of 4 or 8 bytes. */
export type WireValue = number | Uint8Array

class Cursor {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): number {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw damaged()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
    throw damaged()
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.#bytes.length - this.#at) throw damaged()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}

/** The fields of one message, by number, in their order. */
export class WireMessage {
  readonly #fields = new Map<number, WireValue[]>()

  /** @throws Refusal */
  constructor(bytes: Uint8Array) {
    const cursor = new Cursor(bytes)
    while (!cursor.atEnd) {
      const key = cursor.varint()
      const field = Math.floor(key / 8)
      if (field < 1) throw damaged()
      const values = this.#fields.get(field)
      const value = WireMessage.#value(cursor, key % 8)
      if (values) values.push(value)
      else this.#fields.set(field, [value])
    }
  }

  static #value(cursor: Cursor, kind: number): WireValue {
    if (kind === 0) return cursor.varint()
    if (kind === 1) return cursor.take(8)
    if (kind === 2) return cursor.take(cursor.varint())
    if (kind === 5) return cursor.take(4)
    throw damaged()
  }

  has(field: number): boolean {
    return this.#fields.has(field)
  }

  /** The bytes of every field of that number. */
  blobs(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).map((value) => {
      if (typeof value === 'number') throw damaged()
      return value
    })
  }

  messages(field: number): WireMessage[] {
    return this.blobs(field).map((bytes) => new WireMessage(bytes))
  }

  message(field: number): WireMessage {
    return this.messages(field).at(-1) ?? new WireMessage(new Uint8Array())
  }

  texts(field: number): string[] {
    return this.blobs(field).map((bytes) => new TextDecoder().decode(bytes))
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? ''
  }

  /** Integers, packed or one field each. */
  integers(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => {
      if (typeof value === 'number') return [value]
      const cursor = new Cursor(value)
      const numbers: number[] = []
      while (!cursor.atEnd) numbers.push(cursor.varint())
      return numbers
    })
  }

  integer(field: number): number {
    return this.integers(field).at(-1) ?? 0
  }

  /** Numbers of 32 bits, packed or one field each. */
  floats(field: number): number[] {
    return this.blobs(field).flatMap((bytes) => {
      if (bytes.length % 4 !== 0) throw damaged()
      return [...new Float32Array(bytes.slice().buffer)]
    })
  }

  /** A map with texts as keys. */
  entries(field: number): [string, WireMessage][] {
    return this.messages(field).map((entry) => [entry.text(1), entry.message(2)])
  }
}

/**
 * The protobuf wire format (https://protobuf.dev/programming-guides/encoding/), writing only and only the
 * field kinds that TensorFlow's graph messages use. Fields are written in the order of the calls.
 */

const utf8 = new TextEncoder()

export class ProtobufWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** What was written so far; valid until the next write. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.bytes())
    this.#bytes = grown
  }

  /** A base-128 varint; negative numbers as 64-bit two's complement, ten bytes. */
  #varint(value: number): void {
    this.#reserve(10)
    if (value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value))
      while (rest > 127n) {
        this.#bytes[this.#length++] = Number(rest & 127n) | 128
        rest >>= 7n
      }
      this.#bytes[this.#length++] = Number(rest)
      return
    }
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  #float32(value: number): void {
    this.#reserve(4)
    new DataView(this.#bytes.buffer, this.#bytes.byteOffset).setFloat32(this.#length, value, true)
    this.#length += 4
  }

  #raw(bytes: Uint8Array): void {
    this.#varint(bytes.length)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** An integer, enumeration or boolean field. Integers beyond 2^53 are not representable here. */
  integer(field: number, value: number | boolean): this {
    this.#varint(field * 8)
    this.#varint(Number(value))
    return this
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5)
    this.#float32(value)
    return this
  }

  string(field: number, value: string): this {
    return this.blob(field, utf8.encode(value))
  }

  blob(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2)
    this.#raw(value)
    return this
  }

  /** A repeated integer field, packed. */
  integers(field: number, values: readonly (number | boolean)[]): this {
    const packed = new ProtobufWriter(values.length * 2)
    for (const value of values) packed.#varint(Number(value))
    return this.blob(field, packed.bytes())
  }

  /** A repeated float field, packed. */
  floats(field: number, values: readonly number[]): this {
    const packed = new ProtobufWriter(values.length * 4)
    for (const value of values) packed.#float32(value)
    return this.blob(field, packed.bytes())
  }

  message(field: number, write: (child: ProtobufWriter) => void): this {
    const child = new ProtobufWriter()
    write(child)
    return this.blob(field, child.bytes())
  }
}

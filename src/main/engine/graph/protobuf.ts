/**
 * Messages of TensorFlow and of ONNX, written field by field with `google-protobuf`, which TensorFlow.js brings along:
 * by field numbers, without classes generated from .proto files. Fields are written in the order of the calls.
 */
import protobuf, { type BinaryWriter } from 'google-protobuf'

const nothing = new Uint8Array()

export class ProtobufWriter {
  readonly #writer: BinaryWriter

  /** @param writer of the message around it, for a message inside another */
  constructor(writer: BinaryWriter = new protobuf.BinaryWriter()) {
    this.#writer = writer
  }

  /** What was written so far. */
  bytes(): Uint8Array {
    return this.#writer.getResultBuffer()
  }

  /** An integer, enumeration or boolean field. Integers beyond 2^53 are not representable here. */
  integer(field: number, value: number | boolean): this {
    this.#writer.writeInt64(field, Number(value))
    return this
  }

  float(field: number, value: number): this {
    this.#writer.writeFloat(field, value)
    return this
  }

  string(field: number, value: string): this {
    this.#writer.writeString(field, value)
    return this
  }

  blob(field: number, value: Uint8Array): this {
    this.#writer.writeBytes(field, value)
    return this
  }

  /** A repeated integer field, packed. */
  integers(field: number, values: readonly (number | boolean)[]): this {
    // The library leaves out a field without values; here it says that there are none.
    if (values.length === 0) return this.blob(field, nothing)
    this.#writer.writePackedInt64(field, values.map(Number))
    return this
  }

  /** A repeated float field, packed. */
  floats(field: number, values: readonly number[]): this {
    if (values.length === 0) return this.blob(field, nothing)
    this.#writer.writePackedFloat(field, values)
    return this
  }

  message(field: number, write: (child: ProtobufWriter) => void): this {
    this.#writer.writeMessage(field, write, (act, writer) => act(new ProtobufWriter(writer)))
    return this
  }
}

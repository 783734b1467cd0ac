/** What is used of `google-protobuf`, which has no types of its own. */
declare module 'google-protobuf' {
  export class BinaryWriter {
    getResultBuffer(): Uint8Array
    writeInt64(field: number, value: number): void
    writeFloat(field: number, value: number): void
    writeString(field: number, value: string): void
    writeBytes(field: number, value: Uint8Array): void
    writePackedInt64(field: number, values: readonly number[]): void
    writePackedFloat(field: number, values: readonly number[]): void
    writeMessage<T>(field: number, value: T, write: (value: T, writer: BinaryWriter) => void): void
  }
  /** Its exports are those of a CommonJS module. */
  const exported: { BinaryWriter: typeof BinaryWriter }
  export default exported
}

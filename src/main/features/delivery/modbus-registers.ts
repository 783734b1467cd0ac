/** The registers that a PLC reads and writes. docs/guide/en/outputs.md has this map: it stays as it is. */
import type { Cause, LineState, ResultDocument } from '../../../shared/result.ts'

/** So many registers can be read, from 0 on. */
export const registerCount = 18
/** The register that a PLC writes the sequence into, of the result that it has taken. */
export const acknowledgeRegister = 100
/** The register that a PLC writes the number of a recipe into. */
export const recipeRegister = 101

const mapVersion = 1
const states: Readonly<Record<LineState, number>> = {
  stopped: 0,
  ready: 1,
  judging: 2,
  'engine-away': 3,
  'storage-full': 4,
  'camera-away': 5,
  'light-changed': 6,
}
const causes: Readonly<Record<Cause, number>> = {
  passed: 1,
  flagged: 2,
  refused: 3,
  late: 4,
  incomplete: 5,
}

/** The lower half of the number: what a PLC compares and acknowledges. */
export const sequenceOf = ({ number }: ResultDocument): number => number % 0x1_0000

export interface Shown {
  heartbeat: number
  state: LineState
  /** The result that is shown; null before the first. */
  result: ResultDocument | null
  recipe: { judging: number; waiting: number }
}

/** All registers. Numbers of 32 bits have the higher half first. */
export function registersOf({ heartbeat, state, result, recipe }: Shown): Uint16Array {
  const bytes = new DataView(new ArrayBuffer(2 * registerCount))
  const put = (register: number, value: number): void => bytes.setUint16(2 * register, value)
  const putLong = (register: number, value: number): void => bytes.setUint32(2 * register, value)
  const putFloat = (register: number, value: number | null): void =>
    bytes.setFloat32(2 * register, value ?? Number.NaN)
  put(0, mapVersion)
  put(1, heartbeat % 0x1_0000)
  put(2, states[state])
  put(16, recipe.judging)
  put(17, recipe.waiting)
  if (result !== null) {
    put(3, sequenceOf(result))
    putLong(4, result.number % 0x1_0000_0000)
    put(6, result.verdict === 'good' ? 1 : 2)
    put(7, causes[result.cause])
    putLong(8, result.part % 0x1_0000_0000)
    putFloat(10, result.score)
    putFloat(12, result.threshold)
    putLong(14, Math.floor(Date.parse(result.judgedAt) / 1000))
  }
  return Uint16Array.from({ length: registerCount }, (_, i) => bytes.getUint16(2 * i))
}

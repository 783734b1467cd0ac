/**
 * What is usual on good photographs, as far as brightness and sharpness tell: a lamp that failed, a lens out of focus or
 * a cap on it makes photographs that no model should call good. It is measured at import; nothing is decoded here.
 */
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import type { Id, ImageId } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { whiteLevel } from '../../store/white-levels.ts'

/** Fewer photographs do not say what is usual. */
const leastForUsual = 8
/** The newest so many are looked at. */
const most = 2000
/** Shares of white: what a black photograph does not reach anywhere, and what the mean of a white one lies above. */
const [blackPeak, whiteMean] = [0.02, 0.98]
/** How far beyond the usual photographs a mean may lie, as a share of white, or in standard deviations. */
const [margin, deviations] = [0.1, 4]
/** How many times below the usual photographs sharpness may lie. */
const [blunter, bluntest] = [4, 1.5]

const lightRow = z.object({
  bitDepth: z.int(),
  robustPeak: z.int(),
  mean: z.number(),
  sharpness: z.number(),
})
type LightRow = z.infer<typeof lightRow>

/** As shares of white; sharpness as a logarithm. */
interface Light {
  peak: number
  mean: number
  sharpness: number
}

export interface UsualLight {
  /** The mean of a photograph lies between these. */
  low: number
  high: number
  /** The logarithm of its sharpness is at least this. */
  sharpness: number
  /** Whether good parts are never black, or white, all over. */
  isNeverBlack: boolean
  isNeverWhite: boolean
}

const columns = 'bit_depth AS bitDepth, robust_peak AS robustPeak, mean, sharpness'

function lightOf({ bitDepth, robustPeak, mean, sharpness }: LightRow, white16: number): Light {
  const white = bitDepth === 8 ? 255 : white16
  return { peak: robustPeak / white, mean: mean / white, sharpness: Math.log(Math.max(sharpness, 1e-9)) }
}

/** Null where too few good photographs were measured. */
export function usualLight(db: Database, datasetId: Id): UsualLight | null {
  const white16 = whiteLevel(db, datasetId, 16)
  const lights = db
    .all(
      lightRow,
      `SELECT ${columns} FROM image WHERE dataset_id = $datasetId AND removed_at IS NULL AND label = 'normal'
         AND split IN ('train', 'validation') AND robust_peak IS NOT NULL AND mean IS NOT NULL
         AND sharpness IS NOT NULL ORDER BY id DESC LIMIT $most`,
      { datasetId, most },
    )
    .map((row) => lightOf(row, white16))
  if (lights.length < leastForUsual) return null
  const means = sorted(lights.map(({ mean }) => mean))
  const sharpness = sorted(lights.map((light) => light.sharpness))
  const beyond = Math.max(margin, deviations * deviationOf(means))
  return {
    low: at(means, 0.01) - beyond,
    high: at(means, 0.99) + beyond,
    sharpness: Math.min(
      at(sharpness, 0.5) - Math.max(Math.log(blunter), deviations * deviationOf(sharpness)),
      at(sharpness, 0.01) - Math.log(bluntest),
    ),
    isNeverBlack: at(sorted(lights.map(({ peak }) => peak)), 0.01) >= blackPeak,
    isNeverWhite: at(means, 0.99) <= whiteMean,
  }
}

/**
 * Why a photograph is unlike all that the model knows: `black`, `white`, `darker`, `brighter`, `blurred`. Null where it
 * is as usual, or was not measured. Of the topic `failure`.
 */
export function unlikeness(db: Database, datasetId: Id, image: ImageId, usual: UsualLight): Message | null {
  const row = db.get(
    lightRow,
    `SELECT ${columns} FROM image
     WHERE id = $image AND robust_peak IS NOT NULL AND mean IS NOT NULL AND sharpness IS NOT NULL`,
    { image },
  )
  if (row === undefined) return null
  const { peak, mean, sharpness } = lightOf(row, whiteLevel(db, datasetId, 16))
  const unlike = (how: string): Message => message('photograph-unlike', { case: how })
  if (usual.isNeverBlack && peak < blackPeak) return unlike('black')
  if (usual.isNeverWhite && mean > whiteMean) return unlike('white')
  if (mean < usual.low) return unlike('darker')
  if (mean > usual.high) return unlike('brighter')
  return sharpness < usual.sharpness ? unlike('blurred') : null
}

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort()
const at = (values: Float64Array, share: number): number =>
  elementAt(values, Math.floor(share * (values.length - 1)), 'photographs')

/** The standard deviation, by the median of the distances from the median. */
function deviationOf(values: Float64Array): number {
  const middle = at(values, 0.5)
  return 1.4826 * at(sorted([...values].map((value) => Math.abs(value - middle))), 0.5)
}

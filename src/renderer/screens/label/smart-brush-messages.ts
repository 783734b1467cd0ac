/**
 * What the smart brush and its worker tell each other. The worker answers in the order in which it is asked. Pictures
 * are bare pixels, so that it needs no canvas of its own.
 */
import type { RegionShape } from '../../../shared/label.ts'
import type { Point } from '../../stage/points.ts'
import type { Pixels } from './grow-region.ts'

/** A region around a pixel of the photograph. */
export interface Growth {
  at: Point
  tolerance: number
}

export type SmartBrushRequest =
  /** From now on it is about this photograph. */
  | { kind: 'photograph'; pixels: Pixels }
  /** Asks for a picture of what has grown. */
  | { kind: 'preview'; id: number; growth: Growth; color: string }
  /** Asks for what has grown. */
  | { kind: 'shape'; id: number; growth: Growth; defectType: string }

export type SmartBrushAnswer =
  | { kind: 'preview'; id: number; pixels: Pixels }
  | { kind: 'shape'; id: number; shape: RegionShape | null }

/** Which places of good photographs a part was compared with. */
import { z } from 'zod'
import { call, id, runId } from './call.ts'

/** The most places that are explained at once. */
export const mostPlaces = 5

/** A place of a photograph, x and y as shares of its width and height. */
const placeSchema = z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })

/** The middle of a place in pixels of its photograph. */
const middle = { x: z.number(), y: z.number() }

export const goodPlaceSchema = z.object({
  ...middle,
  /** The photograph; null where it is no longer in the workspace. */
  image: id.nullable(),
  file: z.string().nullable(),
  /** Size of the photograph. */
  width: z.number().int().nonnegative(),
  height: z.number().int().nonnegative(),
  /** Whether it was removed from its dataset after the training. */
  removed: z.boolean(),
  /** As that of the compared place. */
  distance: z.number(),
})
export type GoodPlace = z.infer<typeof goodPlaceSchema>

export const comparedPlaceSchema = z.object({
  ...middle,
  /** How many pixels around the middle were compared, on this photograph and on the good ones. */
  across: z.number().positive(),
  down: z.number().positive(),
  /** How far it is from the nearest good place: 1 is usual on good parts. */
  distance: z.number(),
  /** The nearest first, each of another photograph. */
  nearest: z.array(goodPlaceSchema),
})
export type ComparedPlace = z.infer<typeof comparedPlaceSchema>

export const nearestGoodCalls = {
  /**
   * What some places of a photograph look like most on the good photographs that a run has learned from, in the order
   * of the places. Failure `nearest-unknown` where the run cannot tell.
   */
  'review.nearest': call(
    z.object({ run: runId, image: id, places: z.array(placeSchema).min(1).max(mostPlaces) }),
    z.array(comparedPlaceSchema),
  ),
} as const

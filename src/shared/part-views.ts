/** Which view of which part a photograph shows, by the name of its file. */
import { z } from 'zod'

/** What stands for the part, for the view and for what does not matter. */
const partMark = '{part}'
const viewMark = '{view}'
const anyMark = '*'
const mostAny = 3

const countOf = (text: string, mark: string): number => text.split(mark).length - 1

export const viewPatternSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((pattern) => countOf(pattern, partMark) === 1 && countOf(pattern, viewMark) === 1)
  .refine((pattern) => countOf(pattern, anyMark) <= mostAny)

export const viewSettingsSchema = z.object({
  /**
   * How names of files are made, without their ending: `{part}` stands for what all photographs of a part have in
   * common, `{view}` for the name of a view, `*` for anything.
   */
  pattern: viewPatternSchema,
  /** The views that every part has, as they stand in names of files. */
  names: z
    .array(z.string().trim().min(1).max(40))
    .min(2)
    .max(16)
    .refine((names) => new Set(names).size === names.length),
  /** Seconds after its first photograph within which a part has all of its views. */
  within: z.number().min(0.1).max(3600),
})
export type ViewSettings = z.infer<typeof viewSettingsSchema>

export interface SeenView {
  part: string
  view: string
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Reads names by a pattern. What does not fit is no view: its photograph is a part of its own. */
export function viewReader({ pattern, names }: Pick<ViewSettings, 'pattern' | 'names'>) {
  // The longest first: `top2` is not `top` and a rest.
  const views = names.toSorted((a, b) => b.length - a.length).map(escaped)
  const parts = pattern.split(/(\{part\}|\{view\}|\*)/).map((piece) => {
    if (piece === partMark) return '(?<part>.+?)'
    if (piece === viewMark) return `(?<view>${views.join('|')})`
    return piece === anyMark ? '.*?' : escaped(piece)
  })
  const expression = new RegExp(`^${parts.join('')}$`, 'su')
  return (file: string): SeenView | null => {
    const groups = expression.exec(file.replace(/\.[^.]*$/, ''))?.groups
    const { part, view } = groups ?? {}
    return part === undefined || view === undefined ? null : { part, view }
  }
}

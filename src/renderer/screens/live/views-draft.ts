/** The form of how several photographs make one part, before it is whole. */
import { type ViewSettings, viewSettingsSchema } from '../../../shared/part-views.ts'

export interface ViewsDraft {
  pattern: string
  names: string[]
  within: number
}

export const firstDraft: ViewsDraft = { pattern: '{part}_{view}', names: [], within: 10 }

export const draftOf = (settings: ViewSettings | null): ViewsDraft | null =>
  settings === null ? null : { ...settings, names: [...settings.names] }

/** Null while something is missing or wrong. */
export function settingsOf(draft: ViewsDraft): ViewSettings | null {
  const checked = viewSettingsSchema.safeParse(draft)
  return checked.success ? checked.data : null
}

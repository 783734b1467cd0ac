/** An export of Label Studio as JSON or JSON-MIN beside its photographs. */
import type { Recogniser } from './known-layout.ts'

export const labelStudio: Recogniser = {
  name: 'label-studio',
  fits: ({ documents }) => documents.has('label-studio'),
}

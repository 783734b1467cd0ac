/**
 * Whether this program was unpacked from an offline bundle. There a computer has no npm, no network and no set-up, so
 * that advice is another one than in the project.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { applicationRoot } from './application-root.ts'

/** The file that `npm run bundle` writes beside package.json. */
export const offlineBundleSchema = z.object({
  system: z.string(),
  commit: z.string(),
  /** What it was made without, in words. */
  lacks: z.array(z.string()),
})
export type OfflineBundle = z.infer<typeof offlineBundleSchema>

/**
 * Null in the project.
 * @param root the folder of package.json
 */
export function offlineBundle(root: string = applicationRoot()): OfflineBundle | null {
  const file = join(root, 'bundle.json')
  if (!existsSync(file)) return null
  return offlineBundleSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

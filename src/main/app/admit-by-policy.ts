/** Refuses what a window would change and the administrator has set. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { CallName } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import { retentionKey } from '../../shared/live.ts'
import type { Administered } from '../../shared/station-policy.ts'

export const languageKey = 'ui.language'

const setting = z.object({ key: z.string() })
const opening = z.object({ dir: z.string() })

/**
 * @param workspace the folder that the administrator's setting leads to
 * @throws Failure `set-by-administrator`
 */
export function admitByPolicy(
  administered: Administered | null,
  workspace: string,
  { name, input }: { name: CallName; input: unknown },
): void {
  if (administered === null) return
  const { file, policy } = administered
  if (name === 'workspace.open' && policy.workspace !== undefined) {
    if (resolve(opening.parse(input).dir) !== workspace)
      throw new Failure('set-by-administrator', { case: 'workspace', file, folder: workspace })
  }
  if (name === 'setting.set') {
    const { key } = setting.parse(input)
    const isSet =
      (key === languageKey && policy.language !== undefined) ||
      (key === retentionKey && policy.retention !== undefined)
    if (isSet) throw new Failure('set-by-administrator', { file })
  }
}

/** A plan of an import as a document that a person saves, changes and gives back. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { type ImportPlan, importPlanSchema } from '../../../shared/import-plan.ts'

/** @throws Failure `plan-invalid` where it cannot be read, or is no plan */
export async function readPlan(path: string): Promise<ImportPlan> {
  let document: unknown
  try {
    document = JSON.parse((await readFile(path, 'utf8')).replace(/^\ufeff/, ''))
  } catch (error) {
    throw new Failure('plan-invalid', { path, problems: reasonOf(error) }, { cause: error })
  }
  const plan = importPlanSchema.safeParse(document)
  if (!plan.success) {
    throw new Failure('plan-invalid', { path, problems: z.prettifyError(plan.error).replaceAll(/\s+/g, ' ') })
  }
  const files = new Set<string>()
  for (const { file } of plan.data.photographs) {
    if (files.has(file)) throw new Failure('plan-invalid', { case: 'twice', path, file })
    files.add(file)
  }
  return plan.data
}

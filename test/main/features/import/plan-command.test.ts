/** A plan on the command line: printed, saved, changed and given back. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { importPlanSchema } from '../../../../src/shared/import-plan.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { mask, numbered, writeFolder } from './photographs.ts'

const reported = z.object({
  imported: z.int(),
  masks: z.int(),
  splits: z.record(z.string(), z.int()),
  warnings: z.array(z.object({ file: z.string(), code: z.string() })),
})

async function folderOfParts(): Promise<string> {
  return writeFolder(temporaryFolder(), {
    ...numbered('monday', 4),
    ...numbered('bad', 2, 10),
    'masks/bad/0.png': await mask(),
    'Thumbs.db': 'x',
  })
}

describe('a plan', () => {
  it('is shown, and nothing is written', async () => {
    const folder = await folderOfParts()
    const workspace = join(temporaryFolder(), 'w')
    const { code, stdout } = await fanoscope(['import', folder, '--plan', '--workspace', workspace])
    expect(code).toBe(0)
    expect(stdout).toContain('taken for folders; 6 photographs, 1 masks, 4 unlabeled.')
    expect(stdout).toMatch(/^monday +4 +unlabeled +test/m)
    expect(stdout).toMatch(/^masks\/bad +1 +masks/m)
    expect(stdout).toMatch(/^ {2}windows +1 +for instance Thumbs\.db/m)
    expect(existsSync(workspace)).toBe(false)
  })

  it('is done as it was changed and given back', async () => {
    const folder = await folderOfParts()
    const workspace = join(temporaryFolder(), 'w')
    const plan = importPlanSchema.parse((await fanoscope(['import', folder, '--plan', '--json'])).document())
    const saved = join(temporaryFolder(), 'plan.json')
    const photographs = plan.photographs
      .filter(({ file }) => file !== 'monday/3.png')
      .map((planned) =>
        planned.file.startsWith('monday/') ? { ...planned, label: 'normal', split: 'train' } : planned,
      )
    writeFileSync(saved, JSON.stringify({ ...plan, photographs }))
    const { code, document } = await fanoscope([
      'import',
      folder,
      '--dataset',
      'a',
      '--as',
      saved,
      '--workspace',
      workspace,
      '--json',
    ])
    expect(code).toBe(0)
    const report = reported.parse(document())
    expect(report).toMatchObject({ imported: 5, masks: 1 })
    expect(report.splits.train).toBe(3)
    expect(report.warnings).toContainEqual(expect.objectContaining({ code: 'not-in-plan' }))
  })

  it.each([
    ['no document at all', 'nothing'],
    ['a document of something else', '{"format": "coco"}'],
    [
      'a path out of the folder',
      JSON.stringify({
        format: 'fanoscope-import-plan',
        version: 1,
        folder: '/x',
        layout: 'flat',
        recognized: 'folders',
        photographs: [{ file: '../../etc/passwd', split: null, label: 'normal', defectType: null }],
      }),
    ],
  ])('is refused with what is wrong: %s', async (_, text) => {
    const folder = await folderOfParts()
    const saved = join(temporaryFolder(), 'plan.json')
    const workspace = join(temporaryFolder(), 'w')
    writeFileSync(saved, text)
    const { code, stderr } = await fanoscope([
      'import',
      folder,
      '--dataset',
      'a',
      '--as',
      saved,
      '--workspace',
      workspace,
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('is no plan of an import')
    expect(existsSync(workspace)).toBe(false)
  })
})

import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { z } from 'zod'
import { startExport } from '../../../../src/main/features/export/exporting.ts'
import { manifestSchema } from '../../../../src/main/features/export/manifest.ts'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { importModel } from '../../../../src/main/features/models/model-import.ts'
import { startScoring } from '../../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { iterateScores } from '../../../../src/main/store/scores.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { lineWorkspace, sessionOn, writeLine } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const root = mkdtempSync(join(tmpdir(), 'fanoscope-package-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function exported(
  session: Session,
  run: string,
  format: 'package' | 'onnx' | 'savedmodel',
  name: string,
) {
  const to = join(root, name)
  const { job } = startExport(session, {
    run,
    format,
    to,
    batch: 2,
    language: 'en',
    split: 'test',
    components: false,
    operator: 'Li Na',
  })
  const ended = await session.jobs.ended(job)
  if (ended.state !== 'done') throw new Error(JSON.stringify(ended.failure))
  return to
}

async function scoresOf(session: Session, run: string, dataset: string): Promise<number[]> {
  const { id } = findDataset(session.workspace.db, dataset)
  await session.jobs.ended(startScoring(session, { run, datasetId: id, split: null, again: false }).job)
  return [...iterateScores(session.workspace.db, run)].map(({ score }) => score)
}

const report = z.object({
  limit: z.literal(1e-4),
  exports: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))),
})

it('the figures of TensorFlow and ONNX Runtime, made outside Fanoscope, are within 1e-4', () => {
  const file = join(import.meta.dirname, '../../../reference/exported-model.json')
  const { limit, exports } = report.parse(JSON.parse(readFileSync(file, 'utf8')))
  const rows = Object.values(exports).flatMap((runtimes) => Object.entries(runtimes))
  expect(new Set(rows.map(([name]) => name.split(' ')[0]))).toEqual(new Set(['onnxruntime', 'tensorflow']))
  for (const [, differences] of rows)
    for (const value of Object.values(differences)) expect(value).toBeLessThan(limit)
})

describeCompiled('a model package', () => {
  it('scores on another workstation as it did on this one, and is refused when a byte was changed', async () => {
    const session = sessionOn(await lineWorkspace({ good: 14, test: 4 }))
    const { job, run } = await startTraining(session, tinyTraining())
    await session.jobs.ended(job)
    const folder = await exported(session, run, 'package', 'package')
    expect(readdirSync(folder).sort()).toEqual([
      'check.safetensors',
      'fanoscope.json',
      'model.json',
      'model.onnx',
      'saved_model',
      'weights.safetensors',
    ])
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'fanoscope.json'), 'utf8')))
    expect(manifest).toMatchObject({ run, dataset: 'parts', preprocessing: { batch: 2 }, threshold: null })
    expect(Object.keys(manifest.files)).toContain('saved_model/saved_model.pb')
    expect(listAudit(session.workspace.db, { action: 'export.written' })).toMatchObject([
      { operator: 'Li Na', run, detail: { format: 'package' } },
    ])
    // Nothing of the making stays in the run's folder.
    const left = readdirSync(session.workspace.path(`runs/${run}`))
    expect(left.filter((name) => name.startsWith('export'))).toEqual([])

    const photographs = await writeLine(temporaryFolder(), { good: 4, test: 0, part: { defect: true } })
    await importFolder(session.workspace, { folder: photographs, dataset: 'today' })
    const here = await scoresOf(session, run, 'today')
    const other = sessionOn(join(temporaryFolder(), 'other'))
    await importFolder(other.workspace, { folder: photographs, dataset: 'today' })
    const imported = await importModel(other, { folder, dataset: 'line 7', operator: '李雷' })
    expect(imported.run).toMatchObject({ state: 'trained', model: 'fanogan' })
    expect(listAudit(other.workspace.db, { action: 'model.imported' })).toMatchObject([
      { operator: '李雷', dataset: 'line 7', run: imported.run.id },
    ])
    expect(await scoresOf(other, imported.run.id, 'today')).toEqual(here)

    appendFileSync(join(folder, 'weights.safetensors'), 'x')
    await expect(importModel(other, { folder, dataset: null, operator: null })).rejects.toMatchObject({
      code: 'package-damaged',
    })
  })

  it('needs a package to be imported from', async () => {
    const session = sessionOn(join(temporaryFolder(), 'workspace'))
    await expect(
      importModel(session, { folder: temporaryFolder(), dataset: null, operator: null }),
    ).rejects.toMatchObject({
      code: 'no-model-package',
    })
  })

  it('is not made over what is there, nor of a run without a model', async () => {
    const session = sessionOn(await lineWorkspace())
    const { job, run } = await startTraining(session, tinyTraining())
    const order = {
      run,
      format: 'onnx' as const,
      batch: 1,
      language: 'en' as const,
      split: 'test' as const,
      components: false,
      operator: null,
    }
    expect(() => startExport(session, { ...order, to: join(root, 'early.onnx') })).toThrow(
      expect.objectContaining({ code: 'not-trained' }),
    )
    await session.jobs.ended(job)
    const to = await exported(session, run, 'onnx', 'model.onnx')
    expect(existsSync(to)).toBe(true)
    expect(() => startExport(session, { ...order, to })).toThrow(
      expect.objectContaining({ code: 'target-exists' }),
    )
  })
})

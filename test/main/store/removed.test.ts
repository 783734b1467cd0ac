import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { annotationOf, defectTypesOf, keepAnnotation } from '../../../src/main/store/annotations.ts'
import { listAudit } from '../../../src/main/store/audit.ts'
import type { Database } from '../../../src/main/store/database.ts'
import { openDatabase } from '../../../src/main/store/database.ts'
import { createDataset, datasetByName, findDataset, listDatasets } from '../../../src/main/store/datasets.ts'
import { addBlob, addImage } from '../../../src/main/store/images.ts'
import { beginImport } from '../../../src/main/store/imports.ts'
import { migrate } from '../../../src/main/store/migrate.ts'
import { migrations } from '../../../src/main/store/migrations/index.ts'
import { recordModelUse } from '../../../src/main/store/model-uses.ts'
import {
  datasetsToClear,
  dependentsOfDataset,
  markDatasetCleared,
  putDatasetBack,
  putRunBack,
  removeDataset,
  removedDatasets,
  removeRun,
  runsToClear,
} from '../../../src/main/store/removed.ts'
import { describeRun } from '../../../src/main/store/run-notes.ts'
import { createRun, findRun, listRuns } from '../../../src/main/store/runs.ts'
import { changeType, typeChanges, undoTypeChange } from '../../../src/main/store/type-changes.ts'
import type { Shape } from '../../../src/shared/label.ts'
import { temporaryFolder } from './temporary-folder.ts'

const day = 86_400_000
let now = 1000
/** How far the clock goes on each time that it is read. */
let ticks = 0
let db: Database
let dataset = ''
let run = ''

beforeEach(() => {
  now = 1000
  ticks = 0
  const read = (): number => {
    now += ticks
    return now
  }
  db = openDatabase(join(temporaryFolder(), 'fanoscope.db'), { now: read })
  migrate(db, migrations)
  dataset = createDataset(db, { name: 'line 4', layout: 'flat', source: '/photographs' }).id
  const wanted = { model: 'fanogan', preset: 'smoke', seed: 1, config: {}, stepsTotal: 10 }
  run = createRun(db, { datasetId: dataset, ...wanted }).id
  return () => db.close()
})

const removeLine = (): void => removeDataset(db, { id: dataset, name: 'line 4' }, 'Li Na')

describe('a dataset that was deleted', () => {
  it('is in no list, with its runs, and its name is free', () => {
    removeLine()
    expect(listDatasets(db)).toEqual([])
    expect(listRuns(db)).toEqual([])
    expect(() => findDataset(db, dataset)).toThrow(expect.objectContaining({ code: 'dataset-removed' }))
    expect(() => findRun(db, run)).toThrow(expect.objectContaining({ code: 'run-removed' }))
    expect(createDataset(db, { name: 'line 4', layout: 'flat', source: '/other' }).name).toBe('line 4')
  })

  it('is put back whole, under another name where its own is taken', () => {
    removeLine()
    createDataset(db, { name: 'line 4', layout: 'flat', source: '/other' })
    expect(putDatasetBack(db, dataset, 'Li Na')).toBe('line 4 (2)')
    expect(datasetByName(db, 'line 4 (2)')?.id).toBe(dataset)
    expect(findRun(db, run).datasetId).toBe(dataset)
    expect(listAudit(db).map(({ action }) => action)).toEqual(['dataset.restored', 'dataset.removed'])
  })

  it('is cleared away after thirty days, not a moment sooner, and then cannot be put back', () => {
    removeLine()
    expect(removedDatasets(db)).toMatchObject([{ id: dataset, name: 'line 4', until: 1000 + 30 * day }])
    expect(datasetsToClear(db, 1000)).toEqual([])
    expect(datasetsToClear(db, 1001)).toEqual([dataset])
    markDatasetCleared(db, dataset)
    expect(runsToClear(db, 1001)).toEqual([run])
    expect(() => putDatasetBack(db, dataset, null)).toThrow(
      expect.objectContaining({ code: 'removed-cleared' }),
    )
  })

  it('is refused while a job works with one of its runs', () => {
    db.run(
      `INSERT INTO job (id, kind, state, run_id, payload, created_at) VALUES ('j', 'score', 'running', $run, '{}', 1)`,
      { run },
    )
    expect(removeLine).toThrow(expect.objectContaining({ code: 'removal-busy' }))
    expect(dependentsOfDataset(db, dataset).runs).toBe(1)
  })
})

describe('a run', () => {
  it('that is in use cannot be deleted', () => {
    const use = { datasetId: dataset, operatorId: null, reason: null, gate: null }
    recordModelUse(db, { ...use, runId: run, action: 'promote' })
    expect(() => removeRun(db, { id: run, name: 'Smoke', dataset: 'line 4' }, null)).toThrow(
      expect.objectContaining({ code: 'run-in-use' }),
    )
  })

  it('that was deleted is put back with its note and tags', () => {
    describeRun(db, run, { name: 'new lamp', note: 'brighter', tags: ['lamp-2'], archived: true }, 'Li Na')
    removeRun(db, { id: run, name: 'new lamp', dataset: 'line 4' }, 'Li Na')
    expect(() => findRun(db, 'new lamp')).toThrow(expect.objectContaining({ code: 'run-unknown' }))
    putRunBack(db, run, 'Li Na')
    const described = { note: 'brighter', tags: ['lamp-2'], archivedAt: 1000 }
    expect(findRun(db, 'new lamp')).toMatchObject(described)
  })
})

describe('a defect type', () => {
  const shape = (defectType: string): Shape => ({
    kind: 'rectangle',
    defectType,
    x: 0,
    y: 0,
    width: 2,
    height: 2,
  })
  let image = 0
  const listed = () => defectTypesOf(db, dataset).map(({ name, images }) => [name, images])
  const drawn = () => annotationOf(db, image)?.shapes.map(({ defectType }) => defectType)
  const change = (kind: 'rename' | 'remove', name: string, becomes: string | null) =>
    changeType(db, { datasetId: dataset, kind, name, becomes, operator: 'Li Na' }).change

  beforeEach(() => {
    const sha256 = 'a'.repeat(64)
    addBlob(db, { sha256, format: 'png', bytes: 1 })
    image = addImage(db, {
      datasetId: dataset,
      importId: beginImport(db, { datasetId: dataset, source: '/photographs', layout: 'flat' }),
      sha256,
      file: 'a.png',
      width: 16,
      height: 16,
      channels: 1,
      bitDepth: 8,
      peak: 1,
      split: 'test',
      label: 'anomalous',
      defectType: 'scratch',
      maskSha256: null,
      partGroup: null,
      warnings: [],
    })
    keepAnnotation(db, { imageId: image, shapes: [shape('scratch'), shape('dent')], operatorId: null })
  })

  it('is renamed on photographs and masks, and back again', () => {
    const id = change('rename', 'scratch', 'scuff')
    expect(drawn()).toEqual(['scuff', 'dent'])
    expect(listed()).toContainEqual(['scuff', 1])
    expect(undoTypeChange(db, id, 'Li Na').kept).toBe(0)
    expect(drawn()).toEqual(['scratch', 'dent'])
    expect(listed().map(([name]) => name)).not.toContain('scuff')
  })

  it('comes back also where a moment passes between the steps of a change', () => {
    ticks = 1
    const id = change('rename', 'scratch', 'scuff')
    expect(undoTypeChange(db, id, 'Li Na').kept).toBe(0)
    expect(drawn()).toEqual(['scratch', 'dent'])
  })

  it('that is used is deleted only with one that takes its masks, and comes back', () => {
    expect(() => change('remove', 'scratch', null)).toThrow(
      expect.objectContaining({ code: 'defect-type-used' }),
    )
    const id = change('remove', 'scratch', 'dent')
    expect(drawn()).toEqual(['dent', 'dent'])
    expect(typeChanges(db)).toMatchObject([{ kind: 'type', name: 'scratch', becomes: 'dent' }])
    undoTypeChange(db, id, null)
    expect(drawn()).toEqual(['scratch', 'dent'])
  })

  it('stays on a photograph that was drawn on since', () => {
    const id = change('rename', 'scratch', 'scuff')
    now = 2000
    keepAnnotation(db, { imageId: image, shapes: [shape('scuff')], operatorId: null })
    expect(undoTypeChange(db, id, null).kept).toBe(1)
    expect(drawn()).toEqual(['scuff'])
  })

  it('cannot take the name of another', () => {
    expect(() => change('rename', 'scratch', 'Dent')).toThrow(
      expect.objectContaining({ code: 'defect-type-exists' }),
    )
  })
})

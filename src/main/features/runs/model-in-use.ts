/** Finds the model in use where a command or a screen names no run. */

import { Failure } from '../../../shared/failure.ts'
import type { Params } from '../../../shared/messages/message.ts'
import type { ModelUse } from '../../../shared/model.ts'
import type { Id } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { findDataset } from '../../store/datasets.ts'
import { modelInUse, modelsInUse } from '../../store/model-uses.ts'

/** The run to score with where none is named. @throws Failure `no-model-in-use`, `several-models-in-use` */
export const runInUse = (db: Database, dataset: string | null): Id =>
  (dataset === null ? onlyModel(db) : modelOf(db, dataset)).runId

export function modelOf(db: Database, dataset: string): ModelUse {
  const { id, name } = findDataset(db, dataset)
  return modelInUse(db, id) ?? noModel({ case: 'dataset', dataset: name })
}

export function onlyModel(db: Database): ModelUse {
  const [only, ...others] = modelsInUse(db)
  if (only === undefined) return noModel()
  if (others.length === 0) return only
  throw new Failure('several-models-in-use')
}

function noModel(where: Params = {}): never {
  throw new Failure('no-model-in-use', where)
}

/**
 * Says for places of a photograph which good ones they were compared with. A person waits for it, so what it needs of
 * a model is kept until another model is asked for.
 */
import { readModel } from '../../model/model-file.ts'
import { loadImage } from '../data/load-image.ts'
import type { ExplainResult, ExplainTask } from '../protocol.ts'
import { systemNamed } from '../systems/registry.ts'
import type { Explaining } from '../systems/system.ts'

/** A model does not change after its training, so its folder tells which one it is. */
let kept: { folder: string; explaining: Explaining | null } | null = null

/** One task after another, since the next one may need another model. */
let turn: Promise<unknown> = Promise.resolve()

/** @throws Failure `not-trained`, `model-corrupt`, and the refusals of a photograph */
export function explainTask(task: ExplainTask): Promise<ExplainResult> {
  const done = turn.then(() => explain(task))
  turn = done.catch(() => undefined)
  return done
}

async function explain({ folder, image, places }: ExplainTask): Promise<ExplainResult> {
  const explaining = await explainingOf(folder)
  if (explaining === null) return { places: null }
  const { photograph, inside, insideAt, forFeatures } = await loadImage(image, explaining.mode)
  const seen = { photograph, reconstruction: null, inside, insideAt, forFeatures }
  return { places: explaining.explainer.explain(seen, places) }
}

async function explainingOf(folder: string): Promise<Explaining | null> {
  if (kept?.folder === folder) return kept.explaining
  kept?.explaining?.explainer.dispose()
  kept = null
  const stored = await readModel(folder)
  const explaining = systemNamed(stored.description.model).explain(stored)
  kept = { folder, explaining }
  return explaining
}

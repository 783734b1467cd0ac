/**
 * Standardized features as a graph, for other programs: from a photograph of any size, scaled as
 * `docs/model-package.md` says, to what windows are cut from. It computes what `feature-sight.ts` computes; where that
 * changes, this changes too.
 */
import { featureGraphNames } from '../../model/exported-files.ts'
import type { FeatureExtractor } from '../backbones/feature-extractor.ts'
import { featureGraph, photographNode, recordedGraph } from '../backbones/feature-graph.ts'
import { inlined, reshaped } from '../graph/any-size.ts'
import { anySide, compile } from '../graph/compile.ts'
import type { StepGraph } from '../graph/program-graph.ts'
import { tf } from '../tensorflow.ts'
import type { FeatureStandard } from './feature-standard.ts'

/** From features of cells and the same averaged, [cells, channels] each, to x. */
function standardization({ mean, matrix }: FeatureStandard, channels: number) {
  const features = mean.length
  const held = tf.tidy(() => ({
    mean: tf.keep(tf.tensor1d(mean)),
    matrix: tf.keep(tf.tensor2d(matrix, [features, matrix.length / features])),
  }))
  const step = compile(
    {
      variables: {},
      inputs: { plain: { shape: [anySide, channels] }, averaged: { shape: [anySide, channels] } },
      step({ plain, averaged }) {
        const both = tf.concat([plain, averaged], 1)
        return { x: tf.matMul(tf.sub(both, held.mean), held.matrix) }
      },
    },
    { cache: null },
  )
  return {
    dispose() {
      step.dispose()
      for (const tensor of Object.values(held)) tensor.dispose()
    },
  }
}

/** @returns a graph whose output is [1, rows, columns, values of a cell] @throws Failure `not-exportable` */
export function sightGraph(standard: FeatureStandard, extractor: FeatureExtractor): StepGraph {
  const { channels } = extractor
  const photograph = photographNode('features/photograph')
  const { grid, plain, averaged } = featureGraph(extractor)({ node: photograph, output: 0 })
  const standardize = recordedGraph(() => standardization(standard, channels))
  const output = inlined(standardize, {
    plain: reshaped(plain, [-1, channels]),
    averaged: reshaped(averaged, [-1, channels]),
  })
  const values = standard.matrix.length / standard.mean.length
  return {
    inputs: [{ name: featureGraphNames.photograph, node: photograph }],
    outputs: [
      {
        name: featureGraphNames.features,
        edge: reshaped(output('x'), [1, grid.rows, grid.columns, values]),
      },
    ],
  }
}

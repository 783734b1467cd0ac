/**
 * f-AnoGAN's steps as the benchmark measures them and as the compiler's tests compare them: the product's
 * networks and optimizers, and the losses of Gulrajani et al. 2017 (equation 3) and Schlegl et al. 2019
 * (equations 5 and 6).
 */
import { defineStep } from '../src/main/engine/graph/compile.ts'
import { adam, type Named } from '../src/main/engine/graph/optimizers.ts'
import {
  critic,
  encoder,
  featureCount,
  generator,
  type NetworkShape,
} from '../src/main/engine/networks/dcgan.ts'
import { createWeights, trainable, type Weights } from '../src/main/engine/networks/weights.ts'
import { type Scalar, type Tensor, tf, type Variable } from '../src/main/engine/tensorflow.ts'
import { createRandom } from '../src/main/random.ts'

/** Value of a loss and its gradients, by the names of the weights. */
export function gradientsOf(
  loss: () => Scalar,
  weights: Named<Variable>,
): { value: Scalar; grads: Named<Tensor> } {
  const { value, grads } = tf.variableGrads(loss, Object.values(weights))
  const byName: Record<string, Tensor> = {}
  for (const [name, weight] of Object.entries(weights)) {
    const gradient = grads[weight.name]
    if (gradient !== undefined) byName[name] = gradient
  }
  return { value, grads: byName }
}

const asScalar = (x: Tensor): Scalar => x.asScalar()

/** All steps of f-AnoGAN at one batch size, on fresh seeded weights. */
export function fanoganSteps(shape: NetworkShape, batch: number, seed = 1) {
  const random = createRandom(seed)
  const g = createWeights('generator', random)
  const d = createWeights('critic', random)
  const e = createWeights('encoder', random)
  tf.tidy(() => {
    const image = generator(g, shape, tf.zeros([1, shape.latent]), { from: 'batch' })
    critic(d, shape, image)
    encoder(e, shape, image, { from: 'batch' })
  })
  const [gWeights, dWeights, eWeights] = [trainable(g), trainable(d), trainable(e)]
  const wgan = { beta1: 0, beta2: 0.9 }
  const [gAdam, dAdam, eAdam] = [adam(gWeights, wgan), adam(dWeights, wgan), adam(eWeights)]
  const images = { shape: [batch, shape.size, shape.size, shape.channels] }
  const codes = { shape: [batch, shape.latent] }
  const rate = { shape: [] }

  const criticStep = defineStep({
    inputs: { x: images, z: codes, eps: { shape: [batch, 1, 1, 1] }, rate },
    step: ({ x, z, eps, rate }) => {
      const fake = generator(g, shape, z, { from: 'batch' })
      const between = tf.add(tf.mul(eps, x), tf.mul(tf.sub(1, eps), fake))
      const { value, grads } = gradientsOf(() => {
        const real = critic(d, shape, x).value
        const made = critic(d, shape, fake).value
        const slope = tf.grad((at) => critic(d, shape, at).value.sum())(between)
        const norms = tf.sqrt(tf.sum(tf.square(slope), [1, 2, 3]))
        const penalty = tf.mean(tf.square(tf.sub(norms, 1)))
        return asScalar(tf.add(tf.sub(tf.mean(made), tf.mean(real)), tf.mul(10, penalty)))
      }, dWeights)
      dAdam.apply(grads, rate)
      return { loss: value }
    },
  })
  const generatorStep = defineStep({
    inputs: { z: codes, rate },
    step: ({ z, rate }) => {
      const { value, grads } = gradientsOf(
        () => asScalar(tf.neg(tf.mean(critic(d, shape, generator(g, shape, z, { from: 'batch' })).value))),
        gWeights,
      )
      gAdam.apply(grads, rate)
      return { loss: value }
    },
  })
  const encoderStep = defineStep({
    inputs: { x: images, rate },
    step: ({ x, rate }) => {
      const features = critic(d, shape, x).features
      const moving: { variable: Variable; to: Tensor }[] = []
      const { value, grads } = gradientsOf(() => {
        const z = encoder(e, shape, x, {
          from: 'observed',
          observe: (layer, mean, variance) => {
            moving.push(...averages(e, `encoder/${layer}`, { mean, variance }))
          },
        })
        const back = generator(g, shape, z, { from: 'measured' })
        const residual = tf.mean(tf.square(tf.sub(x, back)))
        const feature = tf.mean(tf.square(tf.sub(features, critic(d, shape, back).features)))
        return asScalar(tf.add(residual, feature))
      }, eWeights)
      for (const { variable, to } of moving) {
        variable.assign(tf.add(tf.mul(variable, 0.9), tf.mul(to, 0.1)))
        to.dispose()
      }
      eAdam.apply(grads, rate)
      return { loss: value }
    },
  })
  const scoreStep = defineStep({
    inputs: { x: images },
    step: ({ x }) => {
      const measured = { from: 'measured' } as const
      const z = encoder(e, shape, x, measured)
      const back = generator(g, shape, z, measured)
      const real = critic(d, shape, x)
      const made = critic(d, shape, back)
      const difference = tf.sub(x, back)
      const again = encoder(e, shape, back, measured)
      return {
        izi: tf.mean(tf.square(difference), [1, 2, 3]),
        feature: tf.div(
          tf.sum(tf.square(tf.sub(real.features, made.features)), [1, 2, 3]),
          featureCount(shape),
        ),
        ziz: tf.mean(tf.square(tf.sub(z, again)), 1),
        discriminator: real.value,
        map: tf.mean(tf.abs(difference), 3),
      }
    },
  })
  return {
    networks: { ...g.variables, ...d.variables, ...e.variables },
    slots: { ...named('gAdam', gAdam.slots), ...named('dAdam', dAdam.slots), ...named('eAdam', eAdam.slots) },
    steps: { critic: criticStep, generator: generatorStep, encoder: encoderStep, score: scoreStep },
    dispose() {
      for (const weights of [g, d, e]) tf.dispose(Object.values(weights.variables))
      for (const { slots } of [gAdam, dAdam, eAdam]) tf.dispose(Object.values(slots))
    },
  }
}

function averages(weights: Weights, layer: string, now: Record<'mean' | 'variance', Tensor>) {
  return (['mean', 'variance'] as const).flatMap((statistic) => {
    const variable = weights.variables[`${layer}/${statistic}`]
    return variable === undefined ? [] : [{ variable, to: tf.keep(now[statistic].clone()) }]
  })
}

function named(prefix: string, slots: Named<Variable>): Record<string, Variable> {
  return Object.fromEntries(Object.entries(slots).map(([name, slot]) => [`${prefix}/${name}`, slot]))
}

/** Seeded inputs of all steps for one call. */
export function fanoganInputs(shape: NetworkShape, batch: number, seed: number) {
  const random = createRandom(seed, 'inputs')
  const pixels = shape.size * shape.size * shape.channels
  return {
    x: random.fillUniform(new Float32Array(batch * pixels)).map((value) => 2 * value - 1),
    z: random.fillNormal(new Float32Array(batch * shape.latent)),
    eps: random.fillUniform(new Float32Array(batch)),
    rate: 1e-4,
  }
}

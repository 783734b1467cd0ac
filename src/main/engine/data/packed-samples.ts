/** Samples of training images at 16 bits: half the memory of floats, and finer than any camera. */

const steps = 65_535

/** From x in [-1, 1]. */
export function packed(samples: Float32Array): Uint16Array {
  const out = new Uint16Array(samples.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.round(((samples[i] + 1) / 2) * steps)
  return out
}

/** Turns packed samples back into x in [-1, 1], in place. */
export function unpack(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] / steps) * 2 - 1
}

/** Samples of pictures as integers: 16 bits for training images, 8 for pictures that are shown. */

const steps = 65_535

/** Converts x in [-1, 1] to 16 bits. This needs half the memory of floats and is finer than any camera. */
export function packed(samples: Float32Array): Uint16Array {
  const out = new Uint16Array(samples.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.round(((samples[i] + 1) / 2) * steps)
  return out
}

/** Converts x in [-1, 1] to 8 bits; the array type itself rounds and limits to 0 and 255. */
export function asBytes(samples: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  // A loop: Uint8ClampedArray.from would first list all samples as JavaScript numbers, photograph after photograph.
  const out = new Uint8ClampedArray(samples.length)
  for (let i = 0; i < out.length; i++) out[i] = (samples[i] + 1) * 127.5
  return out
}

/** Turns packed samples back into x in [-1, 1], in place. */
export function unpack(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] / steps) * 2 - 1
}

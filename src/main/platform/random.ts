/**
 * The one source of randomness: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), seeded through SplitMix32. Its whole state is five numbers, so that a checkpoint
 * can hold it and a resumed run draws the same numbers as one that was never interrupted.
 */

/** Four 32-bit words of generator state and the spare normal deviate of the polar method, if any. */
export interface RandomState {
  words: [number, number, number, number]
  spare: number | null
}

export interface Random {
  /** Uniform integer in [0, 2^32). */
  uint32(): number
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number
  /** Uniform integer in [0, n). */
  int(n: number): number
  /** Standard normal deviate (Marsaglia's polar method). */
  normal(): number
  /** Fills with standard normal deviates and returns the same array. */
  fillNormal(out: Float32Array): Float32Array
  /** Fills with uniform deviates in [0, 1) and returns the same array. */
  fillUniform(out: Float32Array): Float32Array
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[]
  /** A separate generator for a named purpose; the same name always gives the same stream. */
  fork(name: string): Random
  state(): RandomState
}

const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0

function splitmix32(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x9e3779b9) >>> 0
    let t = a ^ (a >>> 16)
    t = Math.imul(t, 0x21f0aaad)
    t ^= t >>> 15
    t = Math.imul(t, 0x735a2d97)
    return (t ^ (t >>> 15)) >>> 0
  }
}

/** FNV-1a, to turn a stream's name into seed bits. */
function hashName(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** A generator from an integer seed and, optionally, a stream name. */
export function createRandom(seed: number, stream = ''): Random {
  const high = Math.floor(seed / 0x1_0000_0000) >>> 0
  const mix = splitmix32((seed >>> 0) ^ Math.imul(high, 0x85ebca6b) ^ hashName(stream))
  return restoreRandom({ words: [mix(), mix(), mix(), mix()], spare: null })
}

/** A generator that continues from a saved state. */
export function restoreRandom(saved: RandomState): Random {
  let [a, b, c, d] = saved.words
  let spare = saved.spare

  function uint32(): number {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b = (b ^ c) >>> 0
    a = (a ^ d) >>> 0
    c = (c ^ t) >>> 0
    d = rotl(d >>> 0, 11)
    return result
  }
  const uniform = (): number => uint32() / 0x1_0000_0000

  function normal(): number {
    if (spare !== null) {
      const value = spare
      spare = null
      return value
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) {
        const m = Math.sqrt((-2 * Math.log(s)) / s)
        spare = v * m
        return u * m
      }
    }
  }

  return {
    uint32,
    uniform,
    int: (n) => Math.floor(uniform() * n),
    normal,
    fillNormal(out) {
      for (let i = 0; i < out.length; i++) out[i] = normal()
      return out
    },
    fillUniform(out) {
      for (let i = 0; i < out.length; i++) out[i] = uniform()
      return out
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1))
        const held = items[i] as (typeof items)[number]
        items[i] = items[j] as (typeof items)[number]
        items[j] = held
      }
      return items
    },
    fork(name) {
      const mix = splitmix32((a ^ rotl(b, 9) ^ rotl(c, 18) ^ rotl(d, 27) ^ hashName(name)) >>> 0)
      return restoreRandom({ words: [mix(), mix(), mix(), mix()], spare: null })
    },
    state: () => ({ words: [a, b, c, d], spare }),
  }
}

/**
 * libvips has one buffer for error messages in the whole process. Where files are decoded at the same time, in one
 * thread or in several, a file can be given the message of another, and the message decides whether it is refused. So
 * decoders take turns: many work together as long as all goes well, and a file that fails is decoded again alone, where
 * the message can only be its own.
 *
 * A thread can die in the middle of its turn and never give it back. The others wait a while for it, once, and then go
 * on without it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const key = 'fanoscope.decoder-turns'

/** Places in the memory that the threads share. */
export const place = {
  /** How many decode together. */
  together: 0,
  /** The ticket of the one that decodes alone; 0 where none does. */
  alone: 1,
  /** The last ticket that was given: each wish to decode alone has its own. */
  tickets: 2,
  /** How many of `together` died before they gave their turn back. */
  lost: 3,
} as const

/** Shared by all threads of the process, if main has called this before it starts them. */
function sharedTurns(): Int32Array {
  const given = getEnvironmentData(key)
  const memory =
    given instanceof SharedArrayBuffer ? given : new SharedArrayBuffer(4 * Object.keys(place).length)
  // Threads that this one starts get it with their environment.
  if (memory !== given) setEnvironmentData(key, memory)
  return new Int32Array(memory)
}

/** Milliseconds between two looks. */
const look = 2

type DecodeInTurn = <T>(decode: () => Promise<T>) => Promise<T>

/** @param longestWait milliseconds that others wait for one turn before they take its thread for dead */
export function decoderTurns(turns: Int32Array, longestWait: number): DecodeInTurn {
  function leave(): void {
    const left = Atomics.sub(turns, place.together, 1) - 1
    // Where one that was thought dead was only slow, fewer are lost than it seemed.
    const lost = Atomics.load(turns, place.lost)
    if (left < lost) Atomics.compareExchange(turns, place.lost, lost, left)
  }

  /** Looks at who decodes alone, and ends the turn of one that does not end it itself. */
  function watchAlone(): () => void {
    let seen = 0
    let until = 0
    return () => {
      const holder = Atomics.load(turns, place.alone)
      if (holder !== seen) {
        seen = holder
        // It may itself wait for others as long before it begins.
        until = performance.now() + 2 * longestWait
      } else if (holder !== 0 && performance.now() >= until) {
        Atomics.compareExchange(turns, place.alone, holder, 0)
      }
    }
  }

  async function withOthers<T>(decode: () => Promise<T>): Promise<T> {
    const watch = watchAlone()
    for (;;) {
      Atomics.add(turns, place.together, 1)
      if (Atomics.load(turns, place.alone) === 0) break
      leave()
      watch()
      await pause(look)
    }
    try {
      return await decode()
    } finally {
      leave()
    }
  }

  async function byItself<T>(decode: () => Promise<T>): Promise<T> {
    const ticket = Atomics.add(turns, place.tickets, 1) + 1
    const watch = watchAlone()
    while (Atomics.compareExchange(turns, place.alone, 0, ticket) !== 0) {
      watch()
      await pause(look)
    }
    try {
      const until = performance.now() + longestWait
      let others = Atomics.load(turns, place.together)
      while (others > Atomics.load(turns, place.lost)) {
        if (performance.now() >= until) {
          Atomics.store(turns, place.lost, others)
          break
        }
        await pause(look)
        others = Atomics.load(turns, place.together)
      }
      return await decode()
    } finally {
      // Not the turn of another, where this one took so long that it was thought dead.
      Atomics.compareExchange(turns, place.alone, ticket, 0)
    }
  }

  return async (decode) => {
    try {
      return await withOthers(decode)
    } catch {
      return byItself(decode)
    }
  }
}

/** Decodes; where that fails, once more alone, so that the error that is thrown is that of this file. */
export const decodeInTurn = decoderTurns(sharedTurns(), 60_000)

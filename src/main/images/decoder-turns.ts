/**
 * libvips has one buffer for error messages in the whole process. Where files are decoded at the same time, in one
 * thread or in several, a file can be given the message of another, and the message decides whether it is refused. So
 * decoders take turns: many work together as long as all goes well, and a file that fails is decoded again alone, where
 * the message can only be its own.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const key = 'fanoscope.decoder-turns'
const together = 0
const alone = 1

/** Shared by all threads of the process: how many decode together, and whether one decodes alone. */
function sharedTurns(): Int32Array {
  const given = getEnvironmentData(key)
  const memory = given instanceof SharedArrayBuffer ? given : new SharedArrayBuffer(8)
  // Threads that this one starts get it with their environment.
  if (memory !== given) setEnvironmentData(key, memory)
  return new Int32Array(memory)
}

const turns = sharedTurns()

/** Milliseconds between two looks, and the longest wait for others: one whose thread died never gives its turn back. */
const look = 2
const longestWait = 60_000

async function withOthers<T>(decode: () => Promise<T>): Promise<T> {
  for (;;) {
    Atomics.add(turns, together, 1)
    if (Atomics.load(turns, alone) === 0) break
    Atomics.sub(turns, together, 1)
    await pause(look)
  }
  try {
    return await decode()
  } finally {
    Atomics.sub(turns, together, 1)
  }
}

async function byItself<T>(decode: () => Promise<T>): Promise<T> {
  const until = performance.now() + longestWait
  while (Atomics.compareExchange(turns, alone, 0, 1) !== 0) {
    if (performance.now() > until) break
    await pause(look)
  }
  try {
    while (Atomics.load(turns, together) > 0 && performance.now() < until) await pause(look)
    return await decode()
  } finally {
    Atomics.store(turns, alone, 0)
  }
}

/** Decodes; where that fails, once more alone, so that the error that is thrown is that of this file. */
export async function decodeInTurn<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await withOthers(decode)
  } catch {
    return byItself(decode)
  }
}

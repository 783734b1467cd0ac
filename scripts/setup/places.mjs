/** Where set-up keeps things. Everything is inside the project, and `.cache` survives `npm ci`. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url))

/**
 * @typedef {ReturnType<typeof placesIn>} Places
 */

/** @param {string} root the folder of package.json */
export function placesIn(root) {
  const cache = join(root, '.cache')
  const modules = join(root, 'node_modules')
  const tensorflow = join(cache, 'tensorflow')
  const tfjs = join(modules, '@tensorflow', 'tfjs-node-gpu')
  return {
    root,
    cache,
    modules,
    lockfile: join(root, 'package-lock.json'),
    /** What `npm ci` installed last. */
    packagesStamp: join(modules, '.fanoscope-packages.json'),
    /** Held while a set-up is at work. */
    setupLock: join(cache, 'setup.lock'),
    downloads: join(cache, 'downloads'),
    /** One folder a TensorFlow library, and the two files below. */
    tensorflow,
    /** What the TensorFlow step came to, and why: read by `doctor` and by the next set-up. */
    outcome: join(tensorflow, 'outcome.json'),
    /** Variables that an engine process needs in its environment: { name: value }. */
    environment: join(tensorflow, 'environment.json'),
    /** Weights of pretrained networks, and what came of fetching them. */
    backbones: join(cache, 'backbones'),
    backboneOutcome: join(cache, 'backbones', 'outcome.json'),
    /** Which networks there are; the application's own list. */
    backboneRegistry: join(root, 'src', 'main', 'model', 'backbones', 'registry.json'),
    /** Built bindings, by what they were built from. */
    bindings: join(cache, 'bindings'),
    tfjs,
    /** Which library and binding the tfjs package holds now. */
    tfjsStamp: join(tfjs, 'deps', '.fanoscope-library.json'),
    electron: join(modules, 'electron'),
    electronRefused: join(cache, 'electron-refused.json'),
    out: join(root, 'out'),
    buildStamp: join(root, 'out', '.fanoscope-build.json'),
  }
}

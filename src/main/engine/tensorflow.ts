/**
 * TensorFlow for this process: `tf`, the tfjs API, on the best backend that this machine has, and
 * `provider`, which says what that is and why. Everything in the engine imports `tf` from here, never from
 * a tfjs package, because two copies of tfjs do not know each other's tensors.
 *
 * The order is the native TensorFlow library (on a GPU where the library sees one), then plain JavaScript.
 *
 * Environment, all optional:
 * - `FANOSCOPE_BACKEND=cpu` skips the native library.
 * - `FANOSCOPE_THREADS=n` limits TensorFlow to n threads in and between operations.
 * - TensorFlow's own variables (`TF_...`) win over what is set here.
 */

import { createRequire } from 'node:module'
import util from 'node:util'
import { failureDocument } from '../../shared/failure.ts'
import { type Message, message } from '../../shared/messages/message.ts'
import { isNative } from './binding.ts'

export type {
  Tensor,
  Tensor2D,
  Tensor4D,
  Variable,
} from '@tensorflow/tfjs'

type Tfjs = typeof import('@tensorflow/tfjs')

/** What executes tensors in this process. */
export interface Provider {
  backend: 'tensorflow' | 'webgpu' | 'cpu'
  /** Version of the TensorFlow library, or of tfjs where that does the work. */
  version: string
  gpu: boolean
  /** Why this one, of the topic `reason`. */
  why: Message
}

function setUnlessSet(name: string, value: string): void {
  process.env[name] ??= value
}

/** Must run before the native library is loaded, which reads these variables only once. */
function prepareEnvironment(): void {
  setUnlessSet('TF_CPP_MIN_LOG_LEVEL', '2')
  // The GPU may be shared with the desktop, so memory is taken as it is needed and not all at once.
  setUnlessSet('TF_FORCE_GPU_ALLOW_GROWTH', 'true')
  setUnlessSet('TF_DETERMINISTIC_OPS', '1')
  // TensorFlow takes oneDNN's convolutions by itself only where the processor has VNNI; with AVX2 alone they are
  // twice as fast as its own, too.
  if (process.arch === 'x64') setUnlessSet('TF_ENABLE_ONEDNN_OPTS', '1')
  const threads = process.env.FANOSCOPE_THREADS
  if (threads !== undefined && /^[1-9]\d*$/.test(threads)) {
    setUnlessSet('TF_NUM_INTRAOP_THREADS', threads)
    setUnlessSet('TF_NUM_INTEROP_THREADS', threads)
  }
  // tfjs-node 4.22 calls two functions that Node 23 removed.
  if (!('isNullOrUndefined' in util)) {
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === undefined || value === null })
  }
  if (!('isArray' in util)) Object.assign(util, { isArray: Array.isArray })
}

function load(): { tf: Tfjs; provider: Provider } {
  const require = createRequire(import.meta.url)
  let why: Message
  if (process.env.FANOSCOPE_BACKEND === 'cpu') {
    why = message('javascript-asked-for')
  } else {
    try {
      prepareEnvironment()
      const tf: Tfjs = require('@tensorflow/tfjs-node-gpu')
      const backend = tf.backend()
      if (isNative(backend)) {
        const gpu = backend.binding.isUsingGpuDevice()
        return {
          tf,
          provider: {
            backend: 'tensorflow',
            version: backend.binding.TF_Version,
            gpu,
            why: gpu ? message('library-sees-gpu') : message('library-sees-no-gpu'),
          },
        }
      }
      why = message('library-without-binding')
    } catch (error) {
      const [words = ''] = failureDocument(error).message.split('\n')
      why = message('library-not-loaded', { words })
    }
  }
  const tf: Tfjs = require('@tensorflow/tfjs')
  // Prevents tfjs from advertising tfjs-node on the console.
  tf.enableProdMode()
  void tf.setBackend('cpu')
  return { tf, provider: { backend: 'cpu', version: tf.version.tfjs, gpu: false, why } }
}

const loaded = load()

/** The tfjs API on the backend that `provider` describes. */
export const tf: Tfjs = loaded.tf

export const provider: Provider = loaded.provider

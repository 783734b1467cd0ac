/**
 * TensorFlow kernels that tfjs has no function for, called one by one. For the plain JavaScript backend there is a
 * version composed of tfjs operations wherever one is used; tests show that both agree.
 */
import { isNative, type NativeAttribute } from '../binding.ts'
import { type Tensor, tf } from '../tensorflow.ts'

interface KernelRunner {
  executeSingleOutput(name: string, attributes: NativeAttribute[], inputs: Tensor[]): Tensor
  executeMultipleOutputs(
    name: string,
    attributes: NativeAttribute[],
    inputs: Tensor[],
    outputs: number,
  ): Tensor[]
}

export interface NativeKernels extends KernelRunner {
  floatType(name: string): NativeAttribute
  float(name: string, value: number): NativeAttribute
  string(name: string, value: string): NativeAttribute
  boolean(name: string, value: boolean): NativeAttribute
}

function isKernelRunner(value: object): value is KernelRunner {
  return 'executeSingleOutput' in value && 'executeMultipleOutputs' in value
}

/** The kernels of the TensorFlow library, or null on another backend. */
export function nativeKernels(): NativeKernels | null {
  const backend = tf.backend()
  if (!isNative(backend) || !isKernelRunner(backend)) return null
  const { binding } = backend
  return {
    executeSingleOutput: (name, attributes, inputs) => backend.executeSingleOutput(name, attributes, inputs),
    executeMultipleOutputs: (name, attributes, inputs, outputs) =>
      backend.executeMultipleOutputs(name, attributes, inputs, outputs),
    floatType: (name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }),
    float: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    string: (name, value) => ({ name, type: binding.TF_ATTR_STRING, value }),
    boolean: (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value }),
  }
}

/**
 * The Python wheels that carry TensorFlow's C library, pinned by version, size and SHA-256. Python itself is
 * not needed: only the libraries and headers inside are used, so one build (cp311) serves everybody.
 */

/**
 * @typedef {object} Wheel
 * @property {string} project its name in the Python package index
 * @property {string} version
 * @property {string} tag the wheel's build, ABI and platform, as in its file name
 * @property {number} bytes
 * @property {string} sha256
 */

/** Oldest C library (glibc) that the wheels run on: manylinux_2_27. */
export const oldestGlibc = '2.27'

/** Oldest NVIDIA driver for CUDA 12 (CUDA's compatibility table, minor-version compatibility). */
export const oldestDriver = '525.60.13'

/** @type {Wheel} */
const processorX64 = {
  project: 'tensorflow-cpu',
  version: '2.21.0',
  tag: 'cp311-cp311-manylinux_2_27_x86_64',
  bytes: 273829956,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
}

/** For arm64 there is one wheel, without CUDA. @type {Wheel} */
const processorArm64 = {
  project: 'tensorflow',
  version: '2.21.0',
  tag: 'cp311-cp311-manylinux_2_27_aarch64',
  bytes: 281828020,
  sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
}

/**
 * TensorFlow with CUDA and what its `and-cuda` extra asks for: CUDA 12.9, the last of CUDA 12, and a cuDNN 9
 * that still knows every GPU since Maxwell.
 * @type {Wheel[]}
 */
const cudaX64 = [
  {
    project: 'tensorflow',
    version: '2.21.0',
    tag: 'cp311-cp311-manylinux_2_27_x86_64',
    bytes: 572440367,
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  },
  {
    project: 'nvidia-cublas-cu12',
    version: '12.9.1.4',
    tag: 'py3-none-manylinux_2_27_x86_64',
    bytes: 581242350,
    sha256: '453611eb21a7c1f2c2156ed9f3a45b691deda0440ec550860290dc901af5b4c2',
  },
  {
    project: 'nvidia-cuda-cupti-cu12',
    version: '12.9.79',
    tag: 'py3-none-manylinux_2_25_x86_64',
    bytes: 10814997,
    sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  },
  {
    project: 'nvidia-cuda-nvcc-cu12',
    version: '12.9.86',
    tag: 'py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64',
    bytes: 40546229,
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  },
  {
    project: 'nvidia-cuda-nvrtc-cu12',
    version: '12.9.86',
    tag: 'py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64',
    bytes: 89568129,
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  },
  {
    project: 'nvidia-cuda-runtime-cu12',
    version: '12.9.79',
    tag: 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64',
    bytes: 3493179,
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  },
  {
    project: 'nvidia-cudnn-cu12',
    version: '9.10.2.21',
    tag: 'py3-none-manylinux_2_27_x86_64',
    bytes: 706758467,
    sha256: '949452be657fa16687d0930933f032835951ef0892b37d2d53824d1a84dc97a8',
  },
  {
    project: 'nvidia-cufft-cu12',
    version: '11.4.1.4',
    tag: 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64',
    bytes: 200877592,
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  },
  {
    project: 'nvidia-curand-cu12',
    version: '10.3.10.19',
    tag: 'py3-none-manylinux_2_27_x86_64',
    bytes: 68295626,
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  },
  {
    project: 'nvidia-cusolver-cu12',
    version: '11.7.5.82',
    tag: 'py3-none-manylinux_2_27_x86_64',
    bytes: 338117415,
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  },
  {
    project: 'nvidia-cusparse-cu12',
    version: '12.5.10.65',
    tag: 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64',
    bytes: 366465088,
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  },
  {
    project: 'nvidia-nccl-cu12',
    version: '2.27.7',
    tag: 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64',
    bytes: 322546339,
    sha256: 'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
  },
  {
    project: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    tag: 'py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64',
    bytes: 39748338,
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  },
]

/**
 * @typedef {object} WheelLibrary
 * @property {string} name of the folder that it is extracted to
 * @property {string} version of TensorFlow
 * @property {boolean} gpu
 * @property {Wheel[]} wheels the first one carries TensorFlow
 * @property {number} extracted bytes on the disk once extracted
 */

/** @type {Record<'x64' | 'x64-gpu' | 'arm64', WheelLibrary>} */
export const wheelLibraries = {
  x64: { name: '2.21.0-cpu', version: '2.21.0', gpu: false, wheels: [processorX64], extracted: 860e6 },
  'x64-gpu': { name: '2.21.0-gpu', version: '2.21.0', gpu: true, wheels: cudaX64, extracted: 5.2e9 },
  arm64: { name: '2.21.0-cpu', version: '2.21.0', gpu: false, wheels: [processorArm64], extracted: 890e6 },
}

/** @param {Wheel} wheel */
export function wheelFile(wheel) {
  return `${wheel.project.replaceAll('-', '_')}-${wheel.version}-${wheel.tag}.whl`
}

/** @param {readonly Wheel[]} wheels */
export function totalBytes(wheels) {
  return wheels.reduce((sum, wheel) => sum + wheel.bytes, 0)
}

/** Headers that the binding reads; the wheel carries eleven thousand more. */
const headers = /^tensorflow\/include\/(tensorflow\/(c|core\/platform)|tsl\/platform|xla\/tsl\/c)\/.+\.h$/
/** The C library and the one that it links to. The Python modules beside them are left out. */
const library = /^tensorflow\/[^/]+\.so(\.\d+)*$/
/** CUDA's libraries; two of them come a second time, for another compiler's symbols. */
const cudaLibrary = /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/
const cudaAlternative = /\.alt\.so/
/** What TensorFlow starts to compile a kernel for a GPU that the library has none for. */
const cudaCompiler = /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/.+)$/
/** The wheel's own, and those of the works that are compiled into its library. */
const licence =
  /^(?:[^/]+\.dist-info\/(?:licenses\/.+|LICENSE.*|License.*)|(?:.+\/)?(?:LICENSE|COPYING|NOTICE|THIRD_PARTY)[^/]*)$/

/** @param {string} name a path in a wheel, or in the folder of a library */
export const isLicence = (name) => licence.test(name)

/**
 * Whether a file of a wheel is needed.
 * @param {string} name its path in the wheel
 */
export function isNeeded(name) {
  return (
    library.test(name) ||
    headers.test(name) ||
    (cudaLibrary.test(name) && !cudaAlternative.test(name)) ||
    cudaCompiler.test(name) ||
    isLicence(name)
  )
}

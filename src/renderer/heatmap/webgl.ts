/** Colors maps on the GPU: raw 16-bit values as an integer texture, looked up in a color table. */

import { type Coloring, overlaySolid, overlayStart } from './coloring.ts'
import { colorTable, tableSize } from './colormap.ts'
import type { RawMap } from './raw-map.ts'

const vertexSource = `#version 300 es
// One triangle that covers the whole target, so that no buffer is needed.
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`

const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D values;
uniform sampler2D colors;
uniform float unitsPerFullScale;
uniform int height;
uniform bool overlay;
out vec4 color;
void main() {
  // The first row of a map is its top; the first row of a target is its bottom.
  ivec2 at = ivec2(int(gl_FragCoord.x), height - 1 - int(gl_FragCoord.y));
  float t = min(1.0, float(texelFetch(values, at, 0).r) * unitsPerFullScale);
  vec3 rgb = texelFetch(colors, ivec2(int(t * ${tableSize - 1}.0 + 0.5), 0), 0).rgb;
  float alpha = overlay ? smoothstep(${overlayStart}, ${overlaySolid}, t) : 1.0;
  color = vec4(rgb * alpha, alpha);
}`

export interface GpuColorer {
  /** A picture of the map's size; null where the map is larger than the GPU's textures. */
  color(map: RawMap, coloring: Coloring): ImageBitmap | null
}

/** Null where there is no WebGL 2. */
export function createGpuColorer(): GpuColorer | null {
  const canvas = new OffscreenCanvas(1, 1)
  const gl = canvas.getContext('webgl2', {
    alpha: true,
    premultipliedAlpha: true,
    antialias: false,
    depth: false,
  })
  if (gl === null) return null
  const program = link(gl)
  if (program === null) return null
  gl.useProgram(program)

  const largest: unknown = gl.getParameter(gl.MAX_TEXTURE_SIZE)
  const values = gl.createTexture()
  const colors = gl.createTexture()
  gl.activeTexture(gl.TEXTURE0)
  gl.bindTexture(gl.TEXTURE_2D, values)
  sampleExactly(gl)
  gl.activeTexture(gl.TEXTURE1)
  gl.bindTexture(gl.TEXTURE_2D, colors)
  sampleExactly(gl)
  gl.uniform1i(gl.getUniformLocation(program, 'values'), 0)
  gl.uniform1i(gl.getUniformLocation(program, 'colors'), 1)
  const unitsPerFullScale = gl.getUniformLocation(program, 'unitsPerFullScale')
  const height = gl.getUniformLocation(program, 'height')
  const overlay = gl.getUniformLocation(program, 'overlay')
  // Rows of 16-bit values are not padded to four bytes.
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)

  function color(map: RawMap, coloring: Coloring): ImageBitmap | null {
    if (gl === null || gl.isContextLost()) return null
    if (typeof largest === 'number' && Math.max(map.width, map.height) > largest) return null
    canvas.width = map.width
    canvas.height = map.height
    gl.viewport(0, 0, map.width, map.height)
    gl.activeTexture(gl.TEXTURE0)
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      gl.R16UI,
      map.width,
      map.height,
      0,
      gl.RED_INTEGER,
      gl.UNSIGNED_SHORT,
      map.values,
    )
    gl.activeTexture(gl.TEXTURE1)
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      gl.RGBA8,
      tableSize,
      1,
      0,
      gl.RGBA,
      gl.UNSIGNED_BYTE,
      colorTable(coloring.colorMap),
    )
    gl.uniform1f(unitsPerFullScale, coloring.fullScale > 0 ? map.scale / 65535 / coloring.fullScale : 0)
    gl.uniform1i(height, map.height)
    gl.uniform1i(overlay, coloring.overlay ? 1 : 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
    return canvas.transferToImageBitmap()
  }

  return { color }
}

function sampleExactly(gl: WebGL2RenderingContext): void {
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(type)
    if (shader === null) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null
}

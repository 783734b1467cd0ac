import { requireLength } from '../../platform/array-bounds.ts'
import type { Random } from '../../platform/random.ts'
import { fractalNoise, valueNoise } from './texture.ts'

/**
 * Renders the light that one machined part reflects: a turned steel flange with a raised hub, a bore with a keyway,
 * four countersunk bolt holes and a locating hole, lying on a black anodized fixture. Values are linear luminance, 0
 * (no light) to 1 (the camera's full well); lengths are pixels of the finished photograph.
 */

/** Width and height of a photograph, pixels. */
export const imageSide = 256

/** Dimensions of the part: pixels from its axis. */
export const drawing = {
  outerRadius: 106,
  outerChamfer: 5,
  hubRadius: 59,
  boreRadius: 31,
  boreChamfer: 4,
  keywayHalfWidth: 7,
  keywayDepth: 41,
  boltCircle: 82,
  boltCount: 4,
  boltOffset: Math.PI / 4,
  boltRadius: 9,
  countersink: 3,
  pinCircle: 92,
  pinAngle: Math.PI / 2,
  pinRadius: 3.5,
} as const

/** How the part lies under the camera: shift in pixels, rotation in radians, scale relative to the drawing. */
export interface Pose {
  dx: number
  dy: number
  rotation: number
  scale: number
}

/** The lamp at the moment of the exposure. */
export interface Lighting {
  /** Direction that the light comes from, radians in image coordinates. */
  azimuth: number
  /** Brightness relative to the set-up day. */
  level: number
  /** Relative fall of brightness from the lit side of the picture to the other. */
  falloff: number
}

/** What is the same in every photograph of a line: the fixture under the part. */
export interface Fixture {
  /** Luminance without a part, imageSide * imageSide, row by row. */
  luminance: Float32Array
}

/** A part under the lamp. All fields are imageSide * imageSide, row by row. */
export interface Scene {
  pose: Pose
  lighting: Lighting
  luminance: Float32Array
  /** What would be seen where metal is missing: the fixture in the part's shadow. */
  beneath: Float32Array
  /** Share of the pixel that is metal, 0 to 1 (holes and surroundings are 0). */
  metal: Float32Array
}

const clamp01 = (value: number): number => Math.max(0, Math.min(1, value))
const mix = (a: number, b: number, share: number): number => a + (b - a) * share

/** Part coordinates (polar: radius in pixels of the drawing, angle in radians) to image coordinates. */
export function toImage(pose: Pose, radius: number, angle: number): { x: number; y: number } {
  const centre = (imageSide - 1) / 2
  return {
    x: centre + pose.dx + pose.scale * radius * Math.cos(angle + pose.rotation),
    y: centre + pose.dy + pose.scale * radius * Math.sin(angle + pose.rotation),
  }
}

/** The fixture of a line: a black anodized plate with a fine grain, two rest pins and a milled V edge. */
export function createFixture(random: Random): Fixture {
  const luminance = new Float32Array(imageSide * imageSide)
  const patches = fractalNoise(random, 8, 8, 3)
  const grain = valueNoise(random, imageSide, imageSide)
  const pins = [
    { x: 17, y: 236, radius: 9 },
    { x: 238, y: 237, radius: 9 },
  ]
  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) {
      let value = 0.13 + 0.016 * patches(x / 32, y / 32) + 0.012 * grain(x, y)
      for (const pin of pins) {
        const distance = Math.hypot(x - pin.x, y - pin.y)
        const rim = Math.exp(-(((distance - pin.radius + 1.5) / 1.2) ** 2))
        const lit = (pin.y - y + pin.x - x) / (pin.radius * 2.8)
        value = mix(value, 0.23 + 0.1 * rim * clamp01(lit + 0.5), clamp01(pin.radius + 0.5 - distance))
      }
      luminance[y * imageSide + x] = value
    }
  }
  return { luminance }
}

/** Signed distance to the bore with its keyway, negative inside; u and v are part coordinates. */
function boreDistance(u: number, v: number, radius: number): number {
  const circle = radius - drawing.boreRadius
  const sideways = Math.abs(u) - drawing.keywayHalfWidth
  const along = Math.max(-v - drawing.keywayDepth, v)
  const slot = Math.min(Math.max(sideways, along), 0) + Math.hypot(Math.max(sideways, 0), Math.max(along, 0))
  return Math.min(circle, slot)
}

/**
 * Renders one part. Turned metal has grooves along the angle, so its normals scatter along the radius only
 * and the lamp's reflection becomes two bright fans along the light's direction (anisotropic reflection as
 * in Ward, "Measuring and modeling anisotropic reflection", 1992, reduced to its angular term).
 */
export function renderPart(fixture: Fixture, pose: Pose, lighting: Lighting, random: Random): Scene {
  const count = imageSide * imageSide
  requireLength(fixture.luminance, count, 'Pixels of a fixture')
  const luminance = new Float32Array(count)
  const beneath = new Float32Array(count)
  const metal = new Float32Array(count)

  const reflectance = 1 + 0.012 * random.normal()
  const feedPhase = random.uniform() * 2 * Math.PI
  const feedPitch = 3.1 + 0.1 * random.normal()
  const grooves = valueNoise(random, 128, 1)
  const grain = valueNoise(random, 36, 160)
  const chatter = valueNoise(random, 18, 20)
  const oil = fractalNoise(random, 5, 5, 2)
  const fine = valueNoise(random, imageSide, imageSide)

  const lightX = Math.cos(lighting.azimuth)
  const lightY = Math.sin(lighting.azimuth)
  const cosPose = Math.cos(pose.rotation) / pose.scale
  const sinPose = Math.sin(pose.rotation) / pose.scale
  const centre = (imageSide - 1) / 2
  const boltStep = (2 * Math.PI) / drawing.boltCount
  const pinU = drawing.pinCircle * Math.cos(drawing.pinAngle)
  const pinV = drawing.pinCircle * Math.sin(drawing.pinAngle)

  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) {
      const index = y * imageSide + x
      const fromX = x - centre - pose.dx
      const fromY = y - centre - pose.dy
      const u = cosPose * fromX + sinPose * fromY
      const v = cosPose * fromY - sinPose * fromX
      const radius = Math.hypot(u, v)
      const inverse = radius > 1e-6 ? 1 / radius : 0
      // Cosine between the outward radial direction, seen in the image, and the direction of the light.
      const facing = (fromX * lightX + fromY * lightY) * (inverse / pose.scale)
      const field =
        lighting.level * (1 + (lighting.falloff * ((x - centre) * lightX + (y - centre) * lightY)) / centre)

      const outside = radius - drawing.outerRadius
      // The part stands off the plate: it takes light from the plate around it, most on its far side.
      const shadow =
        outside > 0
          ? 1 - (0.42 - 0.2 * facing) * Math.exp(-outside / 9)
          : 1 - (0.5 - 0.2 * facing) * Math.exp(outside / 40)
      const plate = fixture.luminance[index] * field * shadow
      beneath[index] = plate
      const onPart = clamp01(0.5 - outside)
      if (onPart === 0) {
        luminance[index] = plate
        continue
      }

      const angle = Math.atan2(v, u)
      const turn = angle / (2 * Math.PI)
      const onHub = radius < drawing.hubRadius
      const across = 1 - facing * facing
      const fan = Math.exp(-across / 0.26) * (0.86 + 0.14 * facing)
      const feed = Math.sin((2 * Math.PI * radius) / feedPitch + feedPhase)
      const groove = grooves(radius * 1.15, 0) * 0.6 + feed * 0.4
      const streak = grain(turn * 36, radius * 1.3) * 0.7 + chatter(turn * 18, radius * 0.18) * 0.3
      let face = onHub ? 0.53 + 0.22 * fan : 0.44 + 0.25 * fan
      face *= 1 + (0.02 + 0.035 * fan) * groove + (0.022 + 0.03 * fan) * streak
      face *= 1 + 0.014 * oil(x / 52, y / 52) + 0.012 * fine(x, y)

      // The hub's shoulder: a lit edge, a soft contact shadow on the flange behind it.
      const shoulder = radius - drawing.hubRadius
      face += 0.22 * facing * Math.exp(-((shoulder / 1.5) ** 2))
      if (shoulder > 0) face *= 1 - clamp01(0.16 - 0.2 * facing) * Math.exp(-shoulder / 4)

      const chamfer = clamp01(outside + drawing.outerChamfer + 0.5)
      face = mix(face, 0.4 + 0.38 * facing + 0.1 * facing * facing, chamfer)

      const bore = boreDistance(u, v, radius)
      const boreChamfer = clamp01(drawing.boreChamfer + 0.5 - bore)
      if (boreChamfer > 0) face = mix(face, 0.4 - 0.32 * facing + 0.08 * facing * facing, boreChamfer)

      const nearest = Math.round((angle - drawing.boltOffset) / boltStep) * boltStep + drawing.boltOffset
      const holeU = u - drawing.boltCircle * Math.cos(nearest)
      const holeV = v - drawing.boltCircle * Math.sin(nearest)
      const fromHole = Math.hypot(holeU, holeV)
      const bolt = fromHole - drawing.boltRadius
      // Close enough to the image's own axes: poses turn by a degree or two.
      const holeFacing = fromHole > 1e-6 ? (holeU * lightX + holeV * lightY) / fromHole : 0
      const sink = clamp01(drawing.countersink + 0.5 - bolt)
      if (sink > 0) face = mix(face, 0.36 - 0.27 * holeFacing, sink)

      const pin = Math.hypot(u - pinU, v - pinV) - drawing.pinRadius
      const cavity = Math.max(clamp01(0.5 - bore), clamp01(0.5 - bolt), clamp01(0.5 - pin))
      // Deep in a hole only its far wall catches some light.
      const wall = bore < 0.5 ? clamp01(-facing) * Math.exp(bore / 5) : clamp01(-holeFacing) * 0.7
      const depth = bore < 0.5 ? 0.045 + 0.1 * wall : 0.05 + 0.06 * wall

      const surface = mix(face * reflectance, depth, cavity)
      metal[index] = onPart * (1 - cavity)
      luminance[index] = mix(plate, surface * field, onPart)
    }
  }
  return { pose, lighting, luminance, beneath, metal }
}

/** Operators: the people who decide about parts, and how they sign in. */

import { z } from 'zod'
import { acting, call, none } from './call.ts'
import { timeSchema } from './values.ts'

export const operatorNameSchema = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')

export const operatorSchema = z.object({
  id: z.int().positive(),
  name: operatorNameSchema,
  createdAt: timeSchema,
  /** Whether signing in requires a PIN. */
  hasPin: z.boolean(),
  hasBadge: z.boolean(),
})
export type Operator = z.infer<typeof operatorSchema>

/** An operator who has just signed in. */
const signedInSchema = operatorSchema.extend({
  /** Whether the PIN is shorter than a new one may be: it works, and the operator is asked to renew it. */
  pinIsShort: z.boolean(),
})
export type SignedInOperator = z.infer<typeof signedInSchema>

/** A PIN may be a sentence. */
export const pinSchema = z.string().max(128)

export const operatorCalls = {
  'operator.list': call(none, z.array(operatorSchema)),
  /** Signs in by name; a new name becomes an operator. */
  'operator.signIn': call(
    z.object({ name: z.string().trim().min(1).max(100), pin: pinSchema.nullable().default(null) }),
    signedInSchema,
  ),
  /** Signs in by the code that a badge reader types. */
  'operator.badgeIn': call(
    z.object({ badge: z.string().trim().min(1).max(200), pin: pinSchema.nullable().default(null) }),
    signedInSchema,
  ),
  /** Signs out. From then on this window may not act in the name of the operator, if the operator has a PIN. */
  'operator.signOut': call(z.object({ name: z.string().min(1).max(100) }), none),
  'operator.isSignedIn': call(
    z.object({ name: z.string().min(1).max(100) }),
    z.object({ isSignedIn: z.boolean(), pinIsShort: z.boolean() }),
  ),
  /** Sets or removes the PIN and the badge of an operator: null removes, left out stays. The present PIN is required. */
  'operator.secure': call(
    z.object({
      name: z.string().min(1),
      pin: pinSchema.nullable(),
      newPin: pinSchema.trim().min(1).nullable().optional(),
      badge: z.string().trim().min(1).max(200).nullable().optional(),
    }),
    signedInSchema,
  ),
  /** Ends the wait after wrong PINs of another operator. Only one with a PIN of their own may do it. */
  'operator.release': call(z.object({ name: z.string().min(1), ...acting }), operatorSchema),
  /** Gives an operator another name, from now on: what was done keeps the name of then. */
  'operator.rename': call(
    z.object({ name: z.string().min(1), newName: z.string().trim().min(1).max(100), ...acting }),
    operatorSchema,
  ),
  /** Lets an operator not sign in any more. What they did keeps the name; for thirty days they can be put back. */
  'operator.remove': call(z.object({ name: z.string().min(1), ...acting }), none),
} as const

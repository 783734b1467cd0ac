/**
 * What a window may do, the same in both hosts: run the scripts and read the pixels that this host serves, and
 * nothing else. So Fanoscope stays offline even if the name of a photograph or a library tries to load something.
 */

/** No inline and no evaluated script; `'self'` is the host's own origin in both hosts. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sent with every answer of a host. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
}

/** Whether `address` lies below `base`, a complete address that ends in a slash. */
export function isBelow(base: string, address: string): boolean {
  // URL.parse also resolves `..` and encoded dots, which comparing the texts would not.
  const parsed = URL.parse(address)
  return parsed !== null && parsed.username === '' && parsed.password === '' && parsed.href.startsWith(base)
}

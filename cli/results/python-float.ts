// A double as Python's repr writes it, which is how pandas writes it into a csv. Pure.

/** `1.0`, `0.0001`, `1e-05`, `1e+16`, `nan`. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  // the fewest digits that tell it from its neighbours, in both languages
  const [digits = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const [sign, bare] = digits.startsWith('-') ? ['-', digits.slice(1)] : ['', digits]
  const all = bare.replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${all}`
  return `${sign}${all.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${all.slice(exponent + 1) || '0'}`
}

const numeric = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i

/** As the released batchtools: whatever Python's float() takes as one; null for other text. */
export function floatOfText(text: string): string | null {
  return numeric.test(text) ? pythonFloat(Number(text)) : null
}

/**
 * Secrets in source text, found by the shapes their issuers give them. Precision comes first: a scan that cries wolf
 * is switched off, so a plain `password = "..."` counts only when its value looks random.
 *
 * Every repetition in a pattern is bounded, so hostile text costs linear time.
 */

/** A line that holds a secret. The secret itself is never kept. */
export interface SecretFinding {
  /** Counts from 1. */
  readonly line: number
  /** What it is, with its article: `a GitHub token`. */
  readonly kind: string
}

/** A shape with what it is; `holds` decides where the shape alone does not. */
interface Shape {
  readonly kind: string
  readonly pattern: RegExp
  readonly holds?: (match: RegExpMatchArray) => boolean
}

const NAMES_A_SECRET =
  '(?:password|passwd|passphrase|secret|secret[_-]?key|token|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key)'

const SHAPES: readonly Shape[] = [
  { kind: 'an AWS access key', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g, holds: isNoExample },
  { kind: 'a GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,251}\b/g },
  { kind: 'a GitHub token', pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g },
  { kind: 'a GitLab token', pattern: /\bgl(?:pat|dt|rt|ptt|ft|soat|cbt|agent)-[\w-]{20,300}/g },
  { kind: 'a Hugging Face token', pattern: /\bhf_[A-Za-z]{34}\b/g },
  { kind: 'an OpenAI key', pattern: /\bsk-(?:[a-z]{3,10}-)?[\w-]{20,120}T3BlbkFJ[\w-]{20,120}/g },
  { kind: 'an Anthropic key', pattern: /\bsk-ant-[a-z]{3,6}\d{2}-[\w-]{80,120}/g },
  { kind: 'a Slack token', pattern: /\bxox[abeoprs]-(?:\d{10,13}-){1,3}[A-Za-z0-9-]{20,64}/g },
  { kind: 'a Slack webhook', pattern: /hooks\.slack\.com\/services\/T\w{8,12}\/B\w{8,12}\/[A-Za-z0-9]{24}/g },
  { kind: 'a Google API key', pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  { kind: 'a Stripe key', pattern: /\b[sr]k_live_[A-Za-z0-9]{24,120}\b/g },
  { kind: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'a PyPI token', pattern: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,300}/g },
  {
    kind: 'a private key',
    // Up to four header lines, then at least one line of base64; a document that only names the marker has none.
    pattern: new RegExp(
      '-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----(?:\\s|\\\\n|["\'+]){1,20}' +
        '(?:[A-Za-z-]{3,20}: [^\\n]{1,100}\\n){0,4}\\s{0,20}[A-Za-z0-9+/=]{40}',
      'g',
    ),
  },
  {
    kind: 'a password or key',
    pattern: new RegExp(
      `${NAMES_A_SECRET}\\w{0,20}["']?\\s{0,8}(?::\\s{0,4}\\w{1,20}\\s{0,8})?[:=]\\s{0,8}(["'])([^"'\\s]{12,200})\\1`,
      'gi',
    ),
    holds: (match) => looksRandom(match[2] ?? ''),
  },
  {
    kind: 'a password or key',
    pattern: new RegExp(`^(?:export )?\\w{0,60}${NAMES_A_SECRET}\\w{0,20}=([^"'\\s#]{12,200})$`, 'gim'),
    holds: (match) => looksRandom(match[1] ?? ''),
  },
]

/** Shapes that are examples in code, where they stop nobody, and real in what a command is given and prints. */
const PRINTED_SHAPES: readonly Shape[] = [
  { kind: 'a password in a URL', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,100}:([^\s/@"']{3,200})@/gi },
  {
    kind: 'an authorization header',
    pattern: /\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|token)\s{1,4})?([\w.~+/=-]{8,400})/gi,
  },
]

/** Marks that other scanners honour too, on the line of the finding. */
const ALLOWED_ON_LINE = /gitleaks:allow|pragma: allowlist secret/
const LINE_WINDOW = 1000

/**
 * Finds secrets in text, in line order, at most one a line. Lines marked `gitleaks:allow` or
 * `pragma: allowlist secret` are passed over.
 */
export function findSecrets(text: string): readonly SecretFinding[] {
  const byLine = new Map<number, SecretFinding>()
  for (const { kind, pattern, holds } of SHAPES) {
    let line = 1
    let counted = 0
    for (const match of text.matchAll(pattern)) {
      line += lineEndsBetween(text, counted, match.index)
      counted = match.index
      if (byLine.has(line) || holds?.(match) === false || isAllowed(text, match.index)) continue
      byLine.set(line, { line, kind })
    }
  }
  return [...byLine.values()].sort((left, right) => left.line - right.line)
}

/** Where a secret stands in text: from `start` up to and not including `end`. */
export interface SecretSpan {
  readonly start: number
  readonly end: number
}

/**
 * Finds where secrets stand, sorted by start; of a password only the value, of a private key all of it that is there.
 * Marks such as `gitleaks:allow` count for nothing: what a program prints was not reviewed by anyone.
 */
export function findSecretSpans(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const { pattern, holds } of [...SHAPES, ...PRINTED_SHAPES]) {
    for (const match of text.matchAll(pattern)) {
      if (holds?.(match) === false) continue
      const value = match[2] ?? match[1] ?? match[0]
      const start = match.index + match[0].lastIndexOf(value)
      const end = start + value.length
      spans.push({ start, end: value.startsWith('-----BEGIN') ? keyEnd(text, end) : end })
    }
  }
  return spans.sort((left, right) => left.start - right.start)
}

/** Names of variables whose values are secrets, such as `API_KEY` or `db_password`; `PWD` alone is a folder. */
export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name)
}

const SECRET_NAME = new RegExp(`${NAMES_A_SECRET}|credential|(?:^|_)(?:pat|key|pass|creds?)$|_pwd$`, 'i')
const KEY_REST = /(?:[A-Za-z0-9+/=\s"',]|\\n){0,16384}(?:-----END [A-Z ]{0,40}-----)?/y

function keyEnd(text: string, from: number): number {
  KEY_REST.lastIndex = from
  return from + (KEY_REST.exec(text)?.[0].length ?? 0)
}

function isNoExample(match: RegExpMatchArray): boolean {
  return !match[0].endsWith('EXAMPLE')
}

const PLACEHOLDER = /\$\{|\$\(|\{\{|%\(|<|>|\.\.\.|\*\*\*|x{4}|example|changeme|placeholder|your[_-]|dummy|redacted/i
const SEPARATORS = /[_\-/.:,@]+/
const ENTROPY_FROM_BITS = 3.2
const DIGIT_CHANGES_FROM = 4

/**
 * Tells a random value from a name: some unbroken piece of it is long, spread over many characters, and goes back and
 * forth between digits and other characters, as `resnet50` and `tokenizer_v2_2024` do not.
 */
export function looksRandom(value: string): boolean {
  if (PLACEHOLDER.test(value)) return false
  return value
    .split(SEPARATORS)
    .some(
      (piece) =>
        piece.length >= 12 && entropyBits(piece) >= ENTROPY_FROM_BITS && digitChanges(piece) >= DIGIT_CHANGES_FROM,
    )
}

/** Shannon entropy a character, in bits. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** How often a digit stands next to something else. */
function digitChanges(text: string): number {
  let changes = 0
  for (let index = 1; index < text.length; index += 1) {
    if (isDigit(text.charCodeAt(index)) !== isDigit(text.charCodeAt(index - 1))) changes += 1
  }
  return changes
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Looks for the marks on the line, no further away than a line of code is long. */
function isAllowed(text: string, index: number): boolean {
  const start = Math.max(text.lastIndexOf('\n', index) + 1, index - LINE_WINDOW)
  const end = text.indexOf('\n', index)
  const until = end < 0 ? text.length : end
  return ALLOWED_ON_LINE.test(text.slice(start, Math.min(until, index + LINE_WINDOW)))
}

function lineEndsBetween(text: string, from: number, until: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < until; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

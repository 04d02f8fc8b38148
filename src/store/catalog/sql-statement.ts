/**
 * One statement of SQL: what SQLite would leave unread behind it is refused, not ignored.
 */
import { refuse } from '../../domain/failure.ts'

/** Comments, quoted texts and names, one semicolon, or any other character; each piece is found in linear time. */
const PIECE = /--[^\n]*|\/\*[^]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^]/gy

/** Takes the end of a statement off. @throws `sql-invalid` for none, for two, and for what is no SELECT */
export function oneStatement(sql: string): string {
  const pieces: readonly string[] = sql.match(PIECE) ?? []
  const isSpace = (piece: string): boolean => /^(?:\s|--|\/\*)/.test(piece)
  const end = pieces.indexOf(';')
  const rest = end === -1 ? [] : pieces.slice(end).filter((piece) => piece !== ';' && !isSpace(piece))
  if (rest.length > 0) throw refuse('sql-invalid', { problem: 'one statement is read, and more follow it' })
  const statement = end === -1 ? pieces : pieces.slice(0, end)
  const word = /^[a-z]*/i.exec(statement.filter((piece) => !isSpace(piece)).join(''))?.[0].toLowerCase() ?? ''
  if (!/^(?:select|with|values)/.test(word)) {
    throw refuse('sql-invalid', { problem: 'a question begins with SELECT, WITH or VALUES; nothing can be changed' })
  }
  // A comment separates what is around it, as a space does.
  return statement.map((piece) => (/^(?:--|\/\*)/.test(piece) ? ' ' : piece)).join('')
}

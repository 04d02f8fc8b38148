/**
 * House rules of the browser half: texts stay texts, nothing is made into code, and it stays small.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { markupProblems } from './checks/markup.ts'
import { PROJECT, readSources, sourceOf } from './source.ts'

const PAGES = ['app.js', 'app.css', 'index.html']
const BUDGET_BYTES = 150_000

test('no text becomes markup or code', () => {
  expect(readSources(['src/ui']).flatMap(markupProblems)).toEqual([])
})

test('the check sees what it is for', () => {
  const text = `
    element.innerHTML = name
    const note = <p dangerouslySetInnerHTML={{ __html: name }} />
    eval(name)
    new Function(name)
    document.write(name)
    setTimeout('take()', 1)
    const frame = <iframe srcdoc={name} />
    const link = <a href="javascript:take()">x</a>
    element.insertAdjacentHTML('beforeend', name)
  `
  expect(markupProblems(sourceOf('src/ui/hostile.tsx', text))).toMatchInlineSnapshot(`
    [
      "src/ui/hostile.tsx:2 says innerHTML",
      "src/ui/hostile.tsx:3 says dangerouslySetInnerHTML",
      "src/ui/hostile.tsx:4 says eval",
      "src/ui/hostile.tsx:5 says Function",
      "src/ui/hostile.tsx:6 writes into the document",
      "src/ui/hostile.tsx:7 calls a text",
      "src/ui/hostile.tsx:8 says srcdoc",
      "src/ui/hostile.tsx:9 has an address that is code",
      "src/ui/hostile.tsx:10 says insertAdjacentHTML",
    ]
  `)
})

test('the document names no other place and has no script of its own', () => {
  const html = readFileSync(join(PROJECT, 'src', 'ui', 'index.html'), 'utf8')
  expect(html.match(/(?:src|href)="[^"]*"/g)).toEqual(['href="data:,"', 'href="app.css"', 'src="app.js"'])
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/)
})

test('all pages together are at most 150 kB, packed as a browser gets them', () => {
  const sizes = PAGES.map((name) => gzipSync(readFileSync(join(PROJECT, 'dist', 'ui', name)), { level: 9 }).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET_BYTES)
})

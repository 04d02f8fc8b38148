/**
 * Where the pages start.
 */
import { render } from 'preact'
import { App } from './app.tsx'
import { listenForKeys } from './base/keyboard.ts'
import { followTheme } from './base/theme.ts'

followTheme()
listenForKeys()
const place = document.getElementById('app')
if (place !== null) render(<App />, place)

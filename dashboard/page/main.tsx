import { render } from 'preact';
import type { PageContext } from '../protocol';
import { App } from './app';
import './page.css';

const root = document.getElementById('page')!;
const embedded = document.getElementById('exported');

async function start(): Promise<void> {
  const context: PageContext = embedded
    ? JSON.parse(embedded.textContent!)
    : await fetch('/api/context').then((response) => response.json());
  render(<App context={context} />, root);
}

start().catch((error: Error) => {
  root.textContent = `The dashboard could not be loaded: ${error.message}. Is "clickstream serve" still running?`;
});

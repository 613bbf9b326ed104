/** The console's entry. */
import { render } from 'preact';
import '../shared/tokens.css';
import './console.css';
import { App } from './app';

const root = document.getElementById('app');
if (root) render(<App />, root);

// Text in a page that shows as it is, and the colours of the page.
import type { Colour } from '../../domain/dashboards/dashboard.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (each) => ENTITIES[each] ?? '');

const COLOURS: Readonly<Record<Colour, string>> = {
  green: '#1a7f37',
  yellow: '#bf8700',
  orange: '#bc4c00',
  red: '#cf222e',
  blue: '#0969da',
  grey: '#6e7781',
};

export const colourCode = (colour: Colour | undefined): string =>
  colour === undefined ? '#1f2328' : COLOURS[colour];

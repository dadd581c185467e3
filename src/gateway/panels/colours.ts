// The colours of a page.
import type { Colour } from '../../domain/dashboards/dashboard.ts';

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

// The columns that Sexton's own views have on every dashboard, whatever the pack: alerts and runs.
import type { AlertsPanelSource, RunsPanelSource } from './dashboard.ts';

export interface ViewColumn {
  readonly name: string;
  readonly type: 'text' | 'count' | 'instant' | 'date';
}

const text = (name: string): ViewColumn => ({ name, type: 'text' });
const instant = (name: string): ViewColumn => ({ name, type: 'instant' });
const count = (name: string): ViewColumn => ({ name, type: 'count' });

const ALERTS: Readonly<Record<AlertsPanelSource['alerts'], readonly ViewColumn[]>> = {
  history: [
    instant('opened_at'),
    text('alert'),
    text('about'),
    text('severity'),
    text('state'),
    instant('acknowledged_at'),
    instant('resolved_at'),
  ],
  states: [text('alert'), text('state'), instant('since')],
  incidents: [instant('opened_at'), instant('until'), text('incident'), text('state'), text('step')],
};

const RUNS: Readonly<Record<RunsPanelSource['runs'], readonly ViewColumn[]>> = {
  'by-day': [{ name: 'day', type: 'date' }, count('runs'), count('failed'), count('deleted')],
  errors: [instant('at'), text('job'), text('error_code'), text('message')],
};

export const alertColumns = ({ alerts }: AlertsPanelSource): readonly ViewColumn[] => ALERTS[alerts];

export const runColumns = ({ runs }: RunsPanelSource): readonly ViewColumn[] => RUNS[runs];

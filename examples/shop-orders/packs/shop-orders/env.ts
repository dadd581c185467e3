// What an installation of shop-orders may set.
import { type EnvOf, variable } from 'sexton';

export const env = {
  ORDER_DAYS: variable.number({ atLeast: 1, whole: true }).default(730),
  PAGE_VIEW_DAYS: variable.number({ atLeast: 1, whole: true }).default(90),
  EVENT_MONTHS: variable.number({ atLeast: 1, whole: true }).default(12),
};

export type Env = EnvOf<typeof env>;

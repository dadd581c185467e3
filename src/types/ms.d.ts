// Repairs the SDK's Duration type: `ms@3` ships no type condition in its exports map, so
// `Duration` is silently `any` and `sleep('15 minuts')` compiles. With this it does not.
declare module 'ms' {
  type Unit =
    | 'ms'
    | 's'
    | 'm'
    | 'h'
    | 'd'
    | 'second'
    | 'seconds'
    | 'minute'
    | 'minutes'
    | 'hour'
    | 'hours'
    | 'day'
    | 'days';
  export type StringValue = `${number}${Unit}` | `${number} ${Unit}`;
}

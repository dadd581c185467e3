// A container's health: exit code 0 while the worker at this address polls (HEALTHCHECK in the Dockerfile), or while what has
// this whole address of the web answers that it is well (docker-compose.yml).
// Temporal's absence is no illness of the worker: its polls stay open and go on by themselves.
const [address = ''] = process.argv.slice(2);
const here = address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
const isWhole = here.startsWith('http://');
try {
  const url = isWhole ? here : `http://${here}/metrics`;
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  const isWell = isWhole || (await response.text()).includes('\ntemporal_num_pollers{');
  process.exitCode = response.ok && isWell ? 0 : 1;
} catch {
  process.exitCode = 1;
}

// A container's health, asked by HEALTHCHECK in the Dockerfile: exit code 0 while the worker at this address polls.
// Temporal's absence is no illness of the worker: its polls stay open and go on by themselves.
const [address = ''] = process.argv.slice(2);
const here = address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
try {
  const response = await fetch(`http://${here}/metrics`, { signal: AbortSignal.timeout(3_000) });
  process.exitCode = response.ok && (await response.text()).includes('\ntemporal_num_pollers{') ? 0 : 1;
} catch {
  process.exitCode = 1;
}

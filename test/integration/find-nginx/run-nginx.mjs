// An nginx command for --nginx: hands its arguments to the test, which runs them in the container of an edge.
const [, , port, ...args] = process.argv;
const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(args) });
const { exitCode, output } = await answer.json();
process.stderr.write(output);
process.exitCode = exitCode;

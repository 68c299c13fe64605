// Asks the command server, says what it says and ends as the command did.
const response = await fetch(process.argv[2]);
process.stderr.write(await response.text());
process.exitCode = response.ok ? Number(response.headers.get('x-exit-code')) : 99;

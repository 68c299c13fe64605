// Says which path nginx serves, as hexadecimal bytes. It runs in the content phase: only a request that was let in gets here.
function say(r, marker) {
  r.return(200, marker + ' ' + r.rawVariables.uri.toString('hex') + '\n');
}

function uri(r) {
  say(r, 'PROTECTED-BY-EDGE-AUTH');
}

function secret(r) {
  say(r, 'SECRET');
}

export default { secret, uri };

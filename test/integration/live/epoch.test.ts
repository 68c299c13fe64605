// A change that an old worker makes after a reload: its request began before, and the conf is another one now.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../harness/client';
import { sign } from '../signing/signer';
import { WRITE, onLiveRuntimes, startLiveEdge } from './live-edge';

const policyOf = (key1: string) => ({ url_signing: { type: 'A', key1 } });

onLiveRuntimes('a reload to another conf while a PUT is under way', (runtime) => {
  test('the workers of the new conf obey the change as soon as it is answered', async () => {
    const live = await startLiveEdge({
      runtime,
      workers: 2,
      policies: { 'a.test': policyOf('key-one-1') },
      servers:
        'server { listen 8080; server_name a.test; include edge-auth/servers/a.test.conf; location / { return 200 ok; } }',
    });
    try {
      const statusOf = async (key: string) => {
        const path = sign('/x', { type: 'A', key });
        return (await send({ port: live.port, path, headers: { host: 'a.test' } })).status;
      };
      const body = JSON.stringify(policyOf('key-two-2'));
      const head = [
        'PUT /v1/policies/a.test HTTP/1.1',
        'Host: 127.0.0.1:9181',
        `Authorization: Bearer ${WRITE}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ].join('\r\n');
      const socket = net.connect(live.apiPort, 'localhost');
      let answer = '';
      socket.on('data', (data) => (answer += String(data)));
      socket.write(`${head}\r\n\r\n${body.slice(0, 5)}`);
      await sleep(300);
      const otherEpoch = 's/\\(edge_auth_epoch *{ default \\)[0-9a-f]*/\\10123456789abcdef/';
      await live.edge.exec(`sed -i '${otherEpoch}' /etc/nginx/edge-auth/http.conf`);
      await live.edge.reloadAsItIs();
      expect([await statusOf('key-one-1'), await statusOf('key-two-2')]).toEqual([200, 403]);
      socket.write(body.slice(5));
      while (!answer.includes('\r\n\r\n')) await sleep(5);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect([await statusOf('key-one-1'), await statusOf('key-two-2')]).toEqual([403, 200]);
      socket.destroy();
    } finally {
      await live.stop(true);
    }
  });
});

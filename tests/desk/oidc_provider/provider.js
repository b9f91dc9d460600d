// A provider for the tests. `node provider.js SETTINGS.json` reads once { port, client_id, client_secret, home, in_id_token }
// and, at each login, who there is from `people` in the same file: login name -> claims. It makes new keys at each start.
import { readFileSync } from "node:fs";
import { generateKeyPair, exportJWK } from "jose";
import { Provider } from "oidc-provider";

const file = process.argv[2];
const read = () => JSON.parse(readFileSync(file, "utf8"));
const settings = read();

const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const key = { ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: `key-${Date.now()}` };

const provider = new Provider(`http://127.0.0.1:${settings.port}`, {
  clients: [
    {
      client_id: settings.client_id,
      client_secret: settings.client_secret,
      redirect_uris: [`${settings.home}/desk/login/return`],
      post_logout_redirect_uris: [`${settings.home}/desk/login`],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["only for tests"] },
  claims: { openid: ["sub"], profile: ["name", "chat", "roles"], email: ["email"] },
  conformIdTokenClaims: !settings.in_id_token,
  pkce: { required: () => true },
  findAccount: (_context, id) => {
    const person = read().people[id];
    return person && { accountId: id, claims: () => ({ sub: id, ...person }) };
  },
});

provider.listen(settings.port, "127.0.0.1", () => console.log("ready"));

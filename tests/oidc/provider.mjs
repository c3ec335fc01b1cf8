// A certified OpenID Connect provider in which everybody who comes is the person that the test named.
// node provider.mjs PORT REDIRECT_URI POST_LOGOUT_URI BACKCHANNEL_URI

import http from "node:http";
import { Provider } from "oidc-provider";

const [port, redirectUri, postLogoutUri, backchannelUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
/** What the provider says of each person. */
const people = new Map();
let present = "nobody";
/** When it last sent something to the server: epoch milliseconds. */
let sentAt = 0;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "canvas",
      client_secret: "a secret that only the two know, and no third",
      token_endpoint_auth_method: "client_secret_post",
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [postLogoutUri],
      backchannel_logout_uri: backchannelUri,
      backchannel_logout_session_required: true,
    },
  ],
  scopes: ["openid", "profile", "email", "groups"],
  claims: {
    openid: ["sub"],
    profile: ["name", "preferred_username"],
    email: ["email", "email_verified"],
    groups: ["groups"],
  },
  pkce: { required: () => true },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  // Its own way refuses loopback addresses, where this test is.
  fetch: (url, { dispatcher, ...options }) => {
    sentAt = Date.now();
    return globalThis.fetch(url, options);
  },
  cookies: { keys: ["only a test"] },
  ttl: { AccessToken: 60, IdToken: 600, Interaction: 60, Session: 600, Grant: 600 },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
});
const answer = provider.callback();

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    const login = { accountId: present };
    return provider.interactionFinished(request, response, { login });
  }
  const grant =
    (grantId && (await provider.Grant.find(grantId))) ??
    new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

async function control(request, response) {
  let body = "";
  for await (const part of request) body += part;
  const command = JSON.parse(body);
  if (command.claims) people.set(command.sub, command.claims);
  if (command.present) present = command.sub;
  if (command.logout) {
    const client = await provider.Client.find("canvas");
    await client.backchannelLogout(command.sub, command.sid);
  }
  response.end(JSON.stringify({ sentAt }));
}

http
  .createServer((request, response) => {
    const { pathname } = new URL(request.url, issuer);
    const handle =
      pathname === "/control" ? control : pathname.startsWith("/interaction/") ? interact : answer;
    Promise.resolve(handle(request, response)).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  })
  .listen(Number(port), "127.0.0.1", () => console.log("listening"));

// A SAML identity provider in which everybody who comes is the person that the test named.
// node provider.mjs PORT ANSWER_URL CERTIFICATE KEY OTHER_KEY

import { readFileSync } from "node:fs";
import http from "node:http";
import samlp from "samlp";
import SessionParticipants from "samlp/lib/sessionParticipants/index.js";

const [port, answerUrl, ...files] = process.argv.slice(2);
const [cert, key, otherKey] = files.map((name) => readFileSync(name, "utf8"));
const issuer = `http://127.0.0.1:${port}/saml`;
/** Who comes next, and how the answer differs from a right one. */
let present = { id: "nobody", attributes: {}, options: {} };
/** Whose session ended here, and what samlp keeps of it between two requests. */
const ended = [];
const kept = {};

class Profile {
  constructor(user) {
    this.user = user;
  }
  getClaims() {
    return this.user.attributes;
  }
  getNameIdentifier() {
    return { nameIdentifier: this.user.id, nameIdentifierFormat: this.user.format };
  }
}
Profile.prototype.metadata = [];

const signIn = (req, res, next) =>
  samlp.auth({
    issuer,
    cert,
    key: present.options.isForged ? otherKey : key,
    profileMapper: (user) => new Profile(user),
    getUserFromRequest: () => present,
    getPostURL: (_audience, _dom, _req, callback) => callback(null, answerUrl),
    recipient: answerUrl,
    destination: answerUrl,
    sessionIndex: "a session there",
    lifetimeInSeconds: 300,
    ...present.options,
  })(req, res, next);
/** Ends the session of who is present, if the installation that `present.member` describes signed that. */
const signOut = (req, res, next) => {
  const { id, format, member } = present;
  req.body = {};
  req.session = kept;
  samlp.logout({
    issuer,
    cert,
    key,
    deflate: true,
    protocolBinding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
    sessionParticipants: new SessionParticipants([
      { ...member, nameId: id, nameIdFormat: format, sessionIndex: "a session there" },
    ]),
    clearIdPSession: (done) => {
      ended.push(id);
      done();
    },
  })(req, res, next);
};
const metadata = samlp.metadata({ issuer, cert, profileMapper: Profile, redirectEndpointPath: "/sign-in", postEndpointPath: "/sign-in" });

http
  .createServer((req, res) => {
    const url = new URL(req.url, issuer);
    req.query = Object.fromEntries(url.searchParams);
    req.originalUrl = req.url;
    req.protocol = "http";
    res.set = (name, value) => res.setHeader(name, value);
    res.redirect = (address) => res.writeHead(302, { Location: address }).end();
    res.send = (body) => res.end(String(body));
    if (url.pathname === "/control") {
      let body = "";
      req.on("data", (part) => (body += part));
      req.on("end", () => {
        present = JSON.parse(body);
        res.end();
      });
    } else if (url.pathname === "/metadata") {
      metadata(req, res);
    } else if (url.pathname === "/ended") {
      res.end(JSON.stringify(ended));
    } else {
      const answer = url.pathname === "/logout" ? signOut : signIn;
      answer(req, res, (error) => {
        res.statusCode = 500;
        res.end(String(error));
      });
    }
  })
  .listen(Number(port), "127.0.0.1", () => console.log("listening"));

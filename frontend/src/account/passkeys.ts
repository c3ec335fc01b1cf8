/** Passkeys on the pages around signing in: asks the browser, and sends its answer with the form. */

type Json = Record<string, unknown>;

interface Descriptor extends Json {
  id: string;
}

interface Options {
  challenge: string;
  user?: { id: string };
  allowCredentials?: Descriptor[];
  excludeCredentials?: Descriptor[];
  authenticatorSelection?: Json;
}

/** Makes every form with `data-passkey` work, or hides it where the browser has no passkeys. */
export function startPasskeys(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    if (window.PublicKeyCredential === undefined) {
      form.querySelector("[data-unsupported]")?.removeAttribute("hidden");
      form.querySelector("button")?.setAttribute("disabled", "");
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void askBrowser(form);
    });
  }
}

async function askBrowser(form: HTMLFormElement): Promise<void> {
  const failed = form.querySelector<HTMLElement>("[data-failed]");
  if (failed) failed.hidden = true;
  try {
    const credential =
      form.dataset.passkey === "add" ? await made(form) : await used(await optionsOf(form));
    const field = form.elements.namedItem("credential") as HTMLInputElement;
    field.value = JSON.stringify(credential);
    form.submit();
  } catch {
    // The person closed the browser's question, or it took too long.
    if (failed) failed.hidden = false;
  }
}

async function optionsOf(form: HTMLFormElement): Promise<Options> {
  const given = form.querySelector('script[type="application/json"]')?.textContent;
  if (given) return (JSON.parse(given) as { publicKey: Options }).publicKey;
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  const answer = (await response.json()) as { request_options: { publicKey: Options } };
  return answer.request_options.publicKey;
}

async function made(form: HTMLFormElement): Promise<Json> {
  const options = await optionsOf(form);
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user?.id ?? "") },
    excludeCredentials: options.excludeCredentials?.map(withBytes),
    authenticatorSelection: {
      ...options.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
  const created = await navigator.credentials.create({
    publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions,
  });
  const credential = created as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...base(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function used(options: Options): Promise<Json> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials?.map(withBytes),
  };
  const found = await navigator.credentials.get({
    publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions,
  });
  const credential = found as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...base(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

function base(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function withBytes(descriptor: Descriptor): Json {
  return { ...descriptor, id: bytes(descriptor.id) };
}

/** From base64url. */
export function bytes(encoded: string): Uint8Array {
  const plain = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

/** To base64url without padding. */
export function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

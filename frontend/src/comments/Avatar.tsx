import { useState } from "react";
import { hueOf } from "../people";
import { initials } from "./initials";
import type { Author } from "./thread";

/** An author's picture, or the first letters of their name on their colour. */
export function Avatar({ author }: { readonly author: Author }) {
  const { id, name, guestId, picture } = author;
  return <Face name={name} picture={picture} hue={`hue-${hueOf(id ?? guestId + name)}`} />;
}

interface FaceProps {
  readonly name: string;
  /** The address of a picture. Empty without one, and missing in what an earlier version kept. */
  readonly picture: string | undefined;
  /** The class of a colour. */
  readonly hue?: string;
}

/**
 * A picture; without one, or if it can't be loaded, the first letters of the name. For show: the name
 * stands beside it.
 */
export function Face({ name, picture, hue = "" }: FaceProps) {
  const [broken, setBroken] = useState<string>();
  return (
    <span className={`avatar ${hue}`} aria-hidden="true">
      {picture && picture !== broken ? (
        <img src={picture} alt="" onError={() => setBroken(picture)} />
      ) : (
        initials(name)
      )}
    </span>
  );
}

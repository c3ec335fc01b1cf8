throw new Error("Style sheets here are plain CSS; there is no Sass compiler.");

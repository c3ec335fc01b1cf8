throw new Error("Pages of a PDF are drawn by browsers alone; there is no canvas for Node.");

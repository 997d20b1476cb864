const { dataset } = document.documentElement;

// Registered when the page loads, so that it is laid out for paper before anything is drawn for it.
addEventListener('beforeprint', () => {
  dataset.printing = '';
});
addEventListener('afterprint', () => {
  delete dataset.printing;
});

/**
 * Calls `draw` when the page is about to be printed and is laid out for paper, and calls what it returns after printing.
 * Returns a function that ends this. Whatever is drawn must be there when `draw` returns: browsers wait for nothing.
 */
export function onPrint(draw: () => () => void): () => void {
  let undo: (() => void) | undefined;
  const before = (): void => {
    undo?.();
    undo = draw();
  };
  const after = (): void => {
    undo?.();
    undo = undefined;
  };
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
  return () => {
    removeEventListener('beforeprint', before);
    removeEventListener('afterprint', after);
    after();
  };
}

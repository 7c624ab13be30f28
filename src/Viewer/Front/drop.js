import { byId } from './net.js';

/**
 * Files dropped on the page are sent to the program, which shows them where they fit what is open.
 * @param {number} longest  bytes that a file may have
 * @param {(text: string, bad?: boolean) => void} toast
 */
export function acceptFiles(longest, toast) {
  const veil = byId('drop');
  let inside = 0;
  const hasFiles = (/** @type {DragEvent} */ e) => e.dataTransfer?.types.includes('Files') ?? false;
  addEventListener('dragenter', e => { if (hasFiles(e)) veil.hidden = ++inside < 1; });
  addEventListener('dragleave', e => { if (hasFiles(e)) veil.hidden = --inside < 1; });
  addEventListener('dragover', e => { if (hasFiles(e)) e.preventDefault(); });
  addEventListener('drop', e => {
    if (!hasFiles(e)) return;
    e.preventDefault();
    inside = 0;
    veil.hidden = true;
    for (const file of e.dataTransfer?.files ?? []) void send(file);
  });

  /** @param {File} file */
  async function send(file) {
    if (file.size > longest) return toast(`'${file.name}' has ${megabytes(file.size)}; a file that is dropped may have ${megabytes(longest)}. Start the program with it instead.`, true);
    toast(`'${file.name}' is read …`);
    try {
      const response = await fetch(`data/drop/${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
      toast((await response.text()).trim(), !response.ok);
    } catch (error) {
      toast(`'${file.name}' could not be sent: ${error}`, true);                // a folder, or the line is down
    }
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

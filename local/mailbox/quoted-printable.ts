const longestLine = 76;

/** Text as quoted-printable UTF-8 (RFC 2045 §6.7): CRLF line ends, no line longer than 76 characters. */
export const quotedPrintable = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => foldLine(encodeLine(line)))
    .join('\r\n');

/** One line as its smallest pieces: a character, or `=XX`. */
function encodeLine(line: string): readonly string[] {
  const bytes = Buffer.from(line, 'utf8');
  return Array.from(bytes, (byte, index) => {
    const isLast = index === bytes.length - 1;
    const isBlank = byte === 0x20 || byte === 0x09;
    const isPlain = (byte > 0x20 && byte < 0x7f && byte !== 0x3d) || (isBlank && !isLast);
    return isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

function foldLine(pieces: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const [index, piece] of pieces.entries()) {
    // Room for the soft break's `=`, which the very last piece of a line does not need.
    const room = index === pieces.length - 1 ? longestLine : longestLine - 1;
    if (line.length + piece.length > room) {
      lines.push(`${line}=`);
      line = '';
    }
    line += piece;
  }
  return [...lines, line].join('\r\n');
}

import { createHash } from 'node:crypto';

/** The one style sheet, inline: the policy admits it by its hash and nothing else. */
export const style = `
:root{color-scheme:light dark;--line:#8885;--soft:#8881;--bad:#b3261e;--good:#146c2e}
@media(prefers-color-scheme:dark){:root{--bad:#ffb4ab;--good:#7ddc92}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.25}h2{font-size:1.1rem;margin-top:2rem}
code,td,.code{font-family:ui-monospace,monospace;font-size:.85rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem .25rem 0;border-top:1px solid var(--line)}
details,.box{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .75rem;margin:.4rem 0}
summary{cursor:pointer}ul{padding-left:1.25rem}
.pruned,.bad,del{color:var(--bad)}.created,.good,ins{color:var(--good)}
del,ins{display:block;text-decoration:none}del::before{content:"− "}ins::before{content:"+ "}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dd{margin:0}
fieldset{border:0;padding:0;margin:0 0 1rem}legend,label{font-weight:600}fieldset label{display:block;font-weight:400;padding:.35rem 0}
input[type=text],textarea{display:block;width:100%;font:inherit;padding:.5rem;margin:.25rem 0 1rem;border:1px solid var(--line);border-radius:.3rem}
input.code{max-width:14rem;text-transform:uppercase;letter-spacing:.1em}
button{font:inherit;font-weight:600;padding:.6rem 1.2rem;min-height:44px}
`;

/** The style sheet as a Content-Security-Policy source. */
export const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

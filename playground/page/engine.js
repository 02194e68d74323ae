// The crate: its functions, and its memory as numbers.
const bytes = Uint8Array.from(atob(WASM), letter => letter.charCodeAt(0));
const engine = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
const numbers = (place, count) => new Float32Array(engine.memory.buffer, place, count);
const $ = id => document.getElementById(id);
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const short = number => number === 0 ? "0" : Math.abs(number) < 1e-3 ? number.toExponential(1) : number.toFixed(4);
// What takes its time, behind the first picture of the page.
const later = work => requestAnimationFrame(() => setTimeout(work));
const dark = matchMedia("(prefers-color-scheme: dark)");

// The training of firmware's `learn`, and its digests beside the recorded ones.
{
    const NAMES = { start: "at the start", online: "after 960 online steps", batch: "after 16 batches" };
    function compare() {
        const seed = Number($("digest-seed").value), rows = $("digests").tBodies[0];
        rows.replaceChildren();
        let equal = 0;
        Object.keys(NAMES).forEach((name, stage) => {
            const found = BigInt.asUintN(64, engine.learn(stage, seed)).toString(16).padStart(16, "0");
            const same = found === DIGESTS[name], row = rows.insertRow();
            equal += same;
            row.innerHTML = `<th scope="row">${NAMES[name]}</th><td>${found}</td><td>${DIGESTS[name]}</td>`
                + `<td class="${same ? "good" : "bad"}">${same ? "= equal" : "≠ different"}</td>`;
        });
        $("verdict").className = `verdict ${equal === 3 ? "good" : "bad"}`;
        $("verdict").textContent = equal === 3 ? "✓ Equal, bit for bit: this browser, the desktop and the Cortex-M have the same weights."
            : seed === 1 ? "✗ Different: please report this browser." : "≠ Different, as it must be: the recorded digests are of seed 1.";
    }
    $("learn").onclick = compare;
    later(compare);
}

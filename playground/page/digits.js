// A drawing, the network's answer to it, and a step on it.
{
    const draw = $("draw"), pen = sharp(draw);
    const view = numbers(engine.digit_view(), 149), weights = numbers(engine.digit_weights(), 2410);
    const part = (start, count) => view.subarray(start, start + count);
    const [pixels, hidden, answer, hiddenDelta, answerDelta] = [part(0, 64), part(64, 32), part(96, 10), part(106, 32), part(138, 10)];
    let strokes = [], cursor = [128, 128], example = 0, steps = 0;

    for (let digit = 0; digit < 10; digit++) {
        $("target").add(new Option(digit, digit));
        $("answers").tBodies[0].insertRow().innerHTML = `<th scope="row">${digit}</th><td></td><td></td>`;
    }

    for (let unit = 1; unit <= 32; unit++)
        $("units").tBodies[0].insertRow().innerHTML = `<th scope="row">${unit}</th><td></td><td></td>`;

    // As the data set was made: 32×32 black or white, cut to the ink, then counted in blocks of 4×4.
    function read() {
        const scratch = new OffscreenCanvas(32, 32).getContext("2d", { willReadFrequently: true });
        const all = strokes.flat(), xs = all.map(p => p[0]), ys = all.map(p => p[1]);
        pixels.fill(0);
        if (!all.length) return;
        const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        const scale = 27 / Math.max(bottom - top, right - left, 20);
        scratch.lineWidth = 4.2; scratch.lineCap = scratch.lineJoin = "round";
        for (const stroke of strokes) {
            scratch.beginPath();
            for (const [x, y] of stroke.length > 1 ? stroke : [stroke[0], stroke[0]])
                scratch.lineTo(16 + (x - (left + right) / 2) * scale, 16 + (y - (top + bottom) / 2) * scale);
            scratch.stroke();
        }
        const ink = scratch.getImageData(0, 0, 32, 32).data;
        for (let k = 0; k < 1024; k++)
            if (ink[4 * k + 3] > 127) pixels[(k >> 7) * 8 + ((k & 31) >> 2)] += 1 / 16;
    }

    function sketch() {
        pen.fillStyle = style("--card"); pen.fillRect(0, 0, 256, 256);
        pen.strokeStyle = style("--ink"); pen.lineWidth = 18; pen.lineCap = pen.lineJoin = "round";
        for (const stroke of strokes) {
            pen.beginPath();
            for (const [x, y] of stroke.length > 1 ? stroke : [stroke[0], stroke[0]]) pen.lineTo(x, y);
            pen.stroke();
        }
        if (document.activeElement === draw) {
            pen.lineWidth = 2; pen.strokeStyle = style("--accent");
            pen.beginPath(); pen.arc(...cursor, 9, 0, 7); pen.stroke();
        }
    }

    function look() {
        const target = Number($("target").value), empty = pixels.every(x => x === 0);
        engine.digit_look(empty ? 10 : target);
        show(empty, target);
    }

    function show(empty, target) {
        const best = answer.indexOf(Math.max(...answer));
        $("answer").textContent = empty ? "–" : best;
        $("answer-sure").textContent = empty ? "Draw something." : `with probability ${answer[best].toFixed(2)}`;
        for (let digit = 0; digit < 10; digit++) {
            const row = $("answers").tBodies[0].rows[digit], value = empty ? 0 : answer[digit];
            row.className = !empty && digit === best ? "best" : "";
            row.cells[1].innerHTML = `<span class="bar" style="width:${(70 * value).toFixed(1)}px"></span>${empty ? "–" : value.toFixed(3)}`;
            row.cells[2].textContent = empty || target > 9 ? "–" : answerDelta[digit].toFixed(3).replace("-", "−");
        }
        const small = $("pixels").getContext("2d");
        const [paper, ink] = dark.matches ? [27, 233] : [255, 29];
        pixels.forEach((x, k) => {
            small.fillStyle = rgb(Array(3).fill(Math.round(paper + x * (ink - paper))));
            small.fillRect(k % 8 * 16, (k >> 3) * 16, 16, 16);
        });
        units(empty);
    }

    function units(empty) {
        // Eight in a row, or four on a phone.
        const columns = innerWidth < 640 ? 4 : 8;
        const brush = sharp($("hidden"), 80 * columns, 120 * 32 / columns);
        const most = Math.max(...hiddenDelta.map(Math.abs), 1e-9);
        for (let unit = 0; unit < 32; unit++) {
            const x = unit % columns * 80 + 6, y = Math.floor(unit / columns) * 120 + 4;
            for (let k = 0; k < 64; k++) {
                brush.fillStyle = rgb(mixed(weights[32 + 32 * k + unit] / 1.2));
                brush.fillRect(x + k % 8 * 8, y + (k >> 3) * 8, 8, 8);
            }
            brush.strokeStyle = brush.fillStyle = style("--soft"); brush.lineWidth = 1;
            brush.strokeRect(x, y, 64, 64);
            brush.font = "13px system-ui, sans-serif";
            brush.fillText("a", x, y + 82); brush.fillText("δ", x, y + 101);
            brush.strokeRect(x + 12.5, y + 73.5, 51, 9); brush.strokeRect(x + 12.5, y + 92.5, 51, 9);
            if (!empty) {
                brush.fillStyle = style("--ink"); brush.fillRect(x + 13, y + 74, 50 * hidden[unit], 8);
                const size = 25 * hiddenDelta[unit] / most;
                brush.fillStyle = style(size < 0 ? "--one" : "--two");
                brush.fillRect(x + 38 + Math.min(size, 0), y + 93, Math.abs(size), 8);
            }
            brush.fillStyle = style("--soft"); brush.fillRect(x + 37.5, y + 91, 1, 12);
            const row = $("units").tBodies[0].rows[unit], blank = empty || Number($("target").value) > 9;
            row.cells[1].textContent = empty ? "–" : hidden[unit].toFixed(4);
            row.cells[2].textContent = blank ? "–" : hiddenDelta[unit].toFixed(4).replace("-", "−");
        }
    }

    function changed() { read(); sketch(); look(); }

    draw.addEventListener("pointerdown", event => {
        draw.setPointerCapture(event.pointerId); strokes.push([at(draw, event)]); changed();
    });
    draw.addEventListener("pointermove", event => {
        if (event.buttons && strokes.length) { strokes.at(-1).push(at(draw, event)); changed(); }
    });
    draw.addEventListener("keydown", event => {
        const way = ARROWS[event.key];
        if (!way) return;
        event.preventDefault();
        const from = cursor;
        cursor = cursor.map((c, k) => Math.min(Math.max(c + 8 * way[k], 8), 248));
        const last = strokes.at(-1)?.at(-1);
        if (event.shiftKey) last && last[0] === from[0] && last[1] === from[1] ? strokes.at(-1).push(cursor) : strokes.push([from, cursor]);
        event.shiftKey ? changed() : sketch();
    });
    for (const event of ["focus", "blur"]) draw.addEventListener(event, sketch);
    $("draw-clear").onclick = () => { strokes = []; $("target").value = 10; changed(); };
    $("draw-example").onclick = () => {
        strokes = []; sketch();
        $("target").value = engine.digit_example(example++);
        look();
    };
    $("target").onchange = look;
    $("teach").onclick = () => {
        const target = Number($("target").value);
        if (target > 9 || pixels.every(x => x === 0)) { $("taught").textContent = "Draw a digit and give the right answer first."; return; }
        engine.digit_look(target);
        const before = view[148];
        engine.digit_teach(target, Number($("teach-rate").value));
        show(false, target);
        $("taught").textContent = `Step ${++steps} on your drawing: cost ${short(before)} → ${short(view[148])}.`;
    };
    function start() {
        const right = engine.digit_train(1, 15);
        $("digit-score").textContent = `It recognises ${right} of 120 others.`;
        steps = 0; look();
    }
    $("forget").onclick = () => { start(); $("taught").textContent = "Back to what the page began with."; };
    dark.addEventListener("change", () => { sketch(); look(); });
    matchMedia("(max-width: 639px)").addEventListener("change", look);
    sketch(); later(start);
}

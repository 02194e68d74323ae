// Points of two classes, the surface that divides them, weights and cost while it learns.
{
    const board = $("surface"), pen = sharp(board), lines = sharp($("edges")), plot = sharp($("curve")), places = numbers(engine.plane_points(), 768);
    const value = id => Number($(id).value);
    let count = 0, epoch = 0, running = false, history = [], cursor = [0, 0];

    function fill() {
        engine.random_start(value("seed"));
        const make = DATA[$("data").value];
        count = make ? 240 : 0;
        for (let k = 0; k < count; k++) places.set(make(k), 3 * k);
        restart();
    }

    function restart() {
        engine.plane_start(value("activation"), value("seed"));
        epoch = 0; history = [];
        show();
    }

    function learn() {
        if (!count) return;
        engine.plane_epoch(value("activation"), count, value("optimizer"), value("rate"), value("penalty"));
        epoch++;
    }

    function show() {
        const activation = value("activation");
        const [cost, norm, right] = numbers(engine.plane_measure(activation, count, value("penalty")), 3);
        if (count) history.push([epoch, cost, norm]);
        $("epoch").textContent = epoch;
        $("cost").textContent = count ? short(cost) : "–";
        $("norm").textContent = count ? short(norm) : "–";
        $("correct").textContent = count ? `${(100 * right / count).toFixed(1)} %` : "–";
        surface(activation); edges(activation); curve();
    }

    const scratch = new OffscreenCanvas(48, 48), picture = new ImageData(48, 48);
    function surface(activation) {
        numbers(engine.plane_surface(activation), 48 * 48).forEach((h, k) => {
            picture.data.set([...mixed((2 * h - 1) * .62), 255], 4 * k);
        });
        scratch.getContext("2d").putImageData(picture, 0, 0);
        pen.drawImage(scratch, 0, 0, 384, 384);
        for (let k = 0; k < count; k++) mark(pen, ...spot(places[3 * k], places[3 * k + 1]), places[3 * k + 2]);
        if (document.activeElement === board) {
            const [x, y] = spot(...cursor);
            pen.strokeStyle = style("--ink"); pen.lineWidth = 2;
            pen.beginPath(); pen.moveTo(x - 10, y); pen.lineTo(x + 10, y); pen.moveTo(x, y - 10); pen.lineTo(x, y + 10); pen.stroke();
        }
    }
    const spot = (x, y) => [192 + 192 * x, 192 - 192 * y];

    function edges(activation) {
        const brush = lines, widths = [2, 12, 8, 1], weights = numbers(engine.plane_weights(activation), 149);
        const place = (l, k) => [38 + 102 * l, 150 + (k - (widths[l] - 1) / 2) * (l ? 24 : 60)];
        brush.clearRect(0, 0, 384, 300);
        for (let l = 0, start = 0; l < 3; start += (1 + widths[l]) * widths[l + 1], l++)
            for (let i = 0; i < widths[l]; i++)
                for (let j = 0; j < widths[l + 1]; j++) {
                    const w = weights[start + widths[l + 1] * (1 + i) + j];
                    brush.lineWidth = Math.min(Math.abs(w) * 1.6, 6);
                    brush.strokeStyle = style(w < 0 ? "--one" : "--two");
                    brush.setLineDash(w < 0 ? [5, 4] : []);
                    brush.globalAlpha = Math.min(.15 + Math.abs(w) / 2, .9);
                    brush.beginPath(); brush.moveTo(...place(l, i)); brush.lineTo(...place(l + 1, j)); brush.stroke();
                }
        brush.globalAlpha = 1; brush.setLineDash([]);
        brush.fillStyle = style("--ink"); brush.font = "15px system-ui, sans-serif";
        widths.forEach((width, l) => {
            for (let k = 0; k < width; k++) { brush.beginPath(); brush.arc(...place(l, k), 7, 0, 7); brush.fill(); }
        });
        ["x", "y"].forEach((name, k) => brush.fillText(name, 12, place(0, k)[1] + 5));
        brush.fillText("h", 356, 155);
    }

    function curve() {
        const brush = plot, last = Math.max(history.at(-1)?.[0] ?? 1, 1);
        brush.clearRect(0, 0, 384, 170);
        brush.font = "13px system-ui, sans-serif"; brush.lineWidth = 1;
        const height = v => 12 + 29 * (1 - Math.log10(Math.min(Math.max(v, 1e-4), 10)));
        for (const v of [10, 1, .1, .01, .001, .0001]) {
            brush.strokeStyle = style("--line"); brush.fillStyle = style("--soft");
            brush.beginPath(); brush.moveTo(52, height(v)); brush.lineTo(380, height(v)); brush.stroke();
            brush.fillText(v, 0, height(v) + 4);
        }
        [["--two", [], 1], ["--one", [6, 4], 2]].forEach(([colour, dash, which]) => {
            brush.strokeStyle = style(colour); brush.setLineDash(dash); brush.lineWidth = 2.2; brush.beginPath();
            history.forEach(row => brush.lineTo(52 + 328 * row[0] / last, height(row[which])));
            brush.stroke();
        });
        brush.setLineDash([]);
    }

    function frame() {
        if (!running) return;
        for (let k = 0; k < 4; k++) learn();
        show();
        if (epoch >= 4000) stop(); else requestAnimationFrame(frame);
    }
    function stop() { running = false; $("train").textContent = "Train"; }
    $("train").onclick = () => {
        if (running || !count) return stop();
        running = true; $("train").textContent = "Pause"; requestAnimationFrame(frame);
    };
    $("step").onclick = () => { stop(); learn(); show(); };
    $("restart").onclick = () => { $("seed").value = value("seed") + 1; restart(); };
    $("clear-points").onclick = () => { stop(); $("data").value = "own"; count = 0; restart(); };
    for (const id of ["data", "seed"]) $(id).onchange = () => { stop(); fill(); };
    $("activation").onchange = restart;
    $("optimizer").onchange = () => { $("rate").value = ["0.3", "0.03", "0.01"][value("optimizer")]; restart(); };

    function add(x, y) {
        if (count < 256) places.set([x, y, value("adds")], 3 * count++);
        show();
    }
    board.addEventListener("pointerdown", event => {
        const [x, y] = at(board, event);
        add((x - 192) / 192, (192 - y) / 192);
    });
    board.addEventListener("keydown", event => {
        const way = ARROWS[event.key];
        if (way) cursor = [cursor[0] + .05 * way[0], cursor[1] - .05 * way[1]].map(c => Math.min(Math.max(c, -1), 1));
        else if (event.key === "Enter") add(...cursor);
        else return;
        event.preventDefault();
        surface(value("activation"));
    });
    for (const event of ["focus", "blur"]) board.addEventListener(event, () => surface(value("activation")));
    dark.addEventListener("change", show);
    fill();
}

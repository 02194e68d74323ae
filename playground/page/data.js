// Sets of points, by the crate's generator: [x, y, class], from −1 to 1.
const noise = size => size * (engine.random() + engine.random() + engine.random() - 1.5);
const DATA = {
    moons: k => {
        const turn = Math.PI * engine.random(), kind = k % 2;
        const [x, y] = kind ? [1 - Math.cos(turn), .5 - Math.sin(turn)] : [Math.cos(turn), Math.sin(turn)];
        return [(x - .5) / 1.75 + noise(.1), (y - .25) / 1.5 + noise(.1), kind];
    },
    spirals: k => {
        const kind = k % 2, far = .08 + .84 * engine.random(), turn = 8.5 * far + Math.PI * kind;
        return [far * Math.cos(turn) + noise(.03), far * Math.sin(turn) + noise(.03), kind];
    },
    blobs: k => [(k % 2 ? .4 : -.4) + noise(.45), (k % 2 ? .35 : -.35) + noise(.45), k % 2],
    xor: k => {
        const [x, y] = [1.8 * engine.random() - .9, 1.8 * engine.random() - .9];
        return [x + Math.sign(x) * .06, y + Math.sign(y) * .06, Number(x * y > 0)];
    },
};

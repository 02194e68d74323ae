// Drawing that several parts share.
const warm = () => dark.matches ? [255, 173, 112] : [200, 90, 20];
const cool = () => dark.matches ? [138, 182, 255] : [30, 91, 184];
const plain = () => dark.matches ? [27, 32, 42] : [255, 255, 255];

// From −1, cool, through the card's colour to 1, warm.
function mixed(value) {
    const share = Math.min(Math.abs(value), 1), end = value < 0 ? cool() : warm();
    return plain().map((from, k) => Math.round(from + share * (end[k] - from)));
}

const rgb = parts => `rgb(${parts.join()})`;

// A canvas's pen: twice as many pixels as its attributes say, and coordinates as they say.
function sharp(canvas, width = canvas.width, height = canvas.height) {
    canvas.width = 2 * width; canvas.height = 2 * height;
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    return pen;
}

// The position of a pointer in a canvas's coordinates.
function at(canvas, event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * canvas.width / 2, (event.clientY - box.top) / box.height * canvas.height / 2];
}

// A circle of class 0, a triangle of class 1.
function mark(pen, x, y, kind, size = 5) {
    pen.beginPath();
    if (kind) {
        pen.moveTo(x, y - size * 1.2); pen.lineTo(x + size * 1.1, y + size * .8); pen.lineTo(x - size * 1.1, y + size * .8);
        pen.closePath();
    } else pen.arc(x, y, size * .9, 0, 7);
    pen.fillStyle = style(kind ? "--two" : "--one");
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = style("--card");
    pen.stroke();
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

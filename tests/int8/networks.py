#!/usr/bin/env python3
"""Writes networks trained by Keras and quantised by TensorFlow Lite's converter, and what LiteRT's reference kernels give.

    pip install tensorflow-cpu==2.21.0 ai-edge-litert==2.3.0
    python3 tests/int8/networks.py          (Fashion-MNIST: Debian's dataset-fashion-mnist)

A file NAME.bin has the scale of inputs, and of each layer with weights the scale of its sums, the steps of its weights, its
bias and its weights, little-endian. networks.txt has for each network the number of inputs, the FNV-1a of all outputs, how
many of the inputs that were held out are read right in floating point and in integers, and the first output.
"""

import gzip
import os
import struct
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from litert import FNV, fnv, reference

HERE = Path(__file__).resolve().parent
FASHION = Path("/usr/share/datasets/fashion-mnist")
L = tf.keras.layers


def digits():
    """Pixels from 0 to 1; every fifth row is held out."""
    data = HERE.parent.parent / "data/digits"
    x = np.fromfile(data / "digits8x8_pixels_u8.bin", np.uint8).reshape(-1, 64).astype(np.float32) / np.float32(16)
    y = np.fromfile(data / "digits8x8_labels_u8.bin", np.uint8)
    out = np.arange(len(x)) % 5 == 4
    return x[~out], y[~out], x[out], y[out]


def fashion():
    def read(name, skip):
        return np.frombuffer(gzip.open(FASHION / name).read(), np.uint8)[skip:]

    both = []
    for part in ["train", "t10k"]:
        both += [read(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(np.float32) / np.float32(255)]
        both += [read(f"{part}-labels-idx1-ubyte.gz", 8)]
    return both


def convert(model, samples):
    def representative():
        for x in samples:
            yield [x[None]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def encode(x, step, zero):
    return np.clip(np.trunc(x / np.float32(step) + np.float32(0.5)).astype(int) + zero, -128, 127).astype(np.int8)


def infer(content, x):
    it = reference(content)
    i, o = it.get_input_details()[0], it.get_output_details()[0]
    out = []
    for row in x:
        it.set_tensor(i["index"], row[None])
        it.invoke()
        out.append(it.get_tensor(o["index"])[0].copy())
    return np.array(out)


def write(name, content):
    it = reference(content)
    tensors = {t["index"]: t for t in it.get_tensor_details()}
    scale = lambda index: struct.pack("<fb", *tensors[index]["quantization"])
    out = scale(it.get_input_details()[0]["index"])
    for op in it._get_ops_details():
        print(" ", op["op_name"])
        if op["op_name"] in ("FULLY_CONNECTED", "CONV_2D"):
            _, w, b = op["inputs"]
            weights = it.get_tensor(w)
            steps = tensors[w]["quantization_parameters"]["scales"]
            assert len(steps) == len(weights)
            out += scale(op["outputs"][0]) + steps.astype("<f4").tobytes()
            out += it.get_tensor(b).astype("<i4").tobytes() + weights.tobytes()
    (HERE / f"{name}.bin").write_bytes(out)


def network(name, layers, data, shape, epochs):
    tf.keras.utils.set_random_seed(1)
    x, y, held_x, held_y = data
    x, held_x = x.reshape(-1, *shape), held_x.reshape(-1, *shape)
    model = tf.keras.Sequential([tf.keras.Input(shape), *layers])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(tf.keras.optimizers.Adam(0.002), loss)
    model.fit(x, y.astype(np.int32), batch_size=32, epochs=epochs, verbose=0)
    content = convert(model, x[:300])
    write(name, content)
    it = reference(content)
    inputs = encode(held_x, *it.get_input_details()[0]["quantization"])
    outputs = infer(content, inputs)
    single = int(np.sum(model.predict(held_x, verbose=0).argmax(1) == held_y))
    right = int(np.sum(outputs.argmax(1) == held_y))
    line = f"{name} {len(inputs)} {fnv(FNV, outputs):016x} {single} {right} {' '.join(map(str, outputs[0]))}"
    print(line)
    return line


def main():
    lines = [
        network("digits", [L.Dense(32, "relu"), L.Dense(10)], digits(), (64,), 20),
        network("digits_tanh", [L.Dense(32, "tanh"), L.Dense(10)], digits(), (64,), 20),
        network(
            "digits_cnn",
            [
                L.Conv2D(8, 3, padding="same", activation="relu"),
                L.MaxPool2D(2),
                L.Conv2D(12, 3, strides=2, padding="same", activation="relu"),
                L.AveragePooling2D(2),
                L.Flatten(),
                L.Dense(10),
            ],
            digits(),
            (8, 8, 1),
            20,
        ),
        network("fashion", [L.Dense(128, "relu"), L.Dense(64, "relu"), L.Dense(10)], fashion(), (784,), 3),
    ]
    (HERE / "networks.txt").write_text("\n".join(lines) + "\n")


main()

use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};

/// Wall time, of which criterion makes samples a second and multiply-adds a second.
///
/// The numbers come as `Throughput::ElementsAndBytes`: a byte stands for a multiply-add.
pub(crate) struct Speed;

impl Measurement for Speed {
    type Intermediate = <WallTime as Measurement>::Intermediate;
    type Value = <WallTime as Measurement>::Value;

    fn start(&self) -> Self::Intermediate {
        WallTime.start()
    }

    fn end(&self, start: Self::Intermediate) -> Self::Value {
        WallTime.end(start)
    }

    fn add(&self, a: &Self::Value, b: &Self::Value) -> Self::Value {
        WallTime.add(a, b)
    }

    fn zero(&self) -> Self::Value {
        WallTime.zero()
    }

    fn to_f64(&self, value: &Self::Value) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for Speed {
    fn scale_values(&self, typical: f64, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_values(typical, values)
    }

    fn scale_throughputs(&self, _: f64, throughput: &Throughput, values: &mut [f64]) -> &'static str {
        // Values are in nanoseconds.
        let (count, unit) = match *throughput {
            Throughput::Bytes(multiply_adds) => (multiply_adds, "G multiply-adds/s"),
            Throughput::Elements(samples) => (1000 * samples, "M samples/s"),
            _ => return WallTime.formatter().scale_throughputs(1.0, throughput, values),
        };
        values.iter_mut().for_each(|ns| *ns = count as f64 / *ns);
        unit
    }

    fn scale_for_machines(&self, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_for_machines(values)
    }
}

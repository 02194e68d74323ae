/// Exports the functions of a network to C, and makes a module of the given name with their header.
///
/// In a crate whose `crate-type` is `staticlib`; a crate can export several networks under different names. The functions are
/// described in the header.
///
/// - `c_api!(Digits as digits)`: a network that learns, in a `digits_context` of the caller. Its weights start as
///   [`xavier`](crate::xavier) sets them.
/// - `c_api!(Digits as digits, initialize = start)`: the same, with `fn start(net: &mut Digits, seed: u64)` of yours, which
///   may copy trained weights.
/// - `c_api!(Digits as digits, weights = NET)`: predictions by a `static NET: Digits`, such as one of
///   [`load!`](nanoprop::load), which stays in flash: no context, and no RAM but the stack.
///
/// # Example
///
/// ```standalone_crate
/// use nanoprop::prelude::*;
///
/// network! {
///     /// 8×8 pixels in, one probability per digit out.
///     pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
/// }
/// nanoprop_c::c_api!(Digits as digits);
///
/// fn main() {
///     let header = digits::HEADER.to_string();
///     assert!(header.contains("int digits_predict(const digits_context *context, const float x[DIGITS_INPUT], float y"));
///     assert!(header.contains("#define DIGITS_INPUT 64\n"));
/// }
/// ```
// c_api!(Digits as digits) expands to
//
//     pub mod digits {
//         use super::*;
//         pub const HEADER: Header = …;
//         #[unsafe(export_name = "digits_predict")]
//         unsafe extern "C" fn predict(context: *const Context<Digits>, x: *const f32, y: *mut f32) -> c_int {
//             unsafe { status(Context::net(context).and_then(|net| network::predict(net, x, y))) }
//         }
//         …
//     }
#[macro_export]
macro_rules! c_api {
    ($net:ty as $name:ident $(,)?) => {
        $crate::c_api!($net as $name, initialize = $crate::xavier);
    };
    ($net:ty as $name:ident, initialize = $start:expr $(,)?) => {
        $crate::__c_module! { $net, $name, Learning;
            init_sized = (context: *mut Context, size: usize, fingerprint: u64, seed: u64) {
                Context::init(context, $crate::Claim { size, fingerprint }, seed, $start)
            }
            predict = (context: *const Context, x: *const Input, y: *mut Number) {
                Context::net(context).and_then(|net| $crate::network::predict(net, x, y))
            }
            classify = (context: *const Context, x: *const Input) {
                Context::net(context).and_then(|net| $crate::network::classify(net, x))
            }
            cost = (context: *const Context, x: *const Input, y: *const Number, count: usize, cost: *mut Number) {
                Context::net(context).and_then(|net| $crate::network::cost(net, x, y, count, cost))
            }
            learn = (context: *mut Context, x: *const Input, y: *const Number, rate: Number) {
                Context::learn(context, x, y, rate)
            }
            learn_class = (context: *mut Context, x: *const Input, class: usize, rate: Number) {
                Context::learn_class(context, x, class, rate)
            }
            save = (context: *const Context, bytes: *mut u8, size: usize) {
                Context::net(context).and_then(|net| $crate::network::save(net, bytes, size))
            }
            load_sized = (context: *mut Context, room: usize, fingerprint: u64, bytes: *const u8, size: usize) {
                Context::load(context, $crate::Claim { size: room, fingerprint }, bytes, size)
            }
            digest = (context: *const Context, digest: *mut u64) {
                Context::net(context).and_then(|net| $crate::network::digest(net, digest))
            }
            self_test_sized = (context: *mut Context, size: usize, fingerprint: u64) {
                Context::self_test(context, $crate::Claim { size, fingerprint })
            }
        }
    };
    ($net:ty as $name:ident, weights = $weights:expr $(,)?) => {
        $crate::__c_module! { $net, $name, Resident;
            predict = (x: *const Input, y: *mut Number) { $crate::network::predict(&$weights, x, y) }
            classify = (x: *const Input) { $crate::network::classify(&$weights, x) }
            cost = (x: *const Input, y: *const Number, count: usize, cost: *mut Number) {
                $crate::network::cost(&$weights, x, y, count, cost)
            }
            digest = (digest: *mut u64) { $crate::network::digest(&$weights, digest) }
            self_test_sized = (size: usize, fingerprint: u64) {
                #[allow(long_running_const_eval)]
                const DIGEST: u64 = $weights.digest();
                $crate::network::check(&$weights, DIGEST, $crate::Claim { size, fingerprint })
            }
        }
    };
}

// The module of a network: its header, and each function under the name's prefix. `Context`, `Number` and `Input` are the network's.
#[doc(hidden)]
#[macro_export]
macro_rules! __c_module {
    ($net:ty, $name:ident, $kind:ident; $($function:ident = ($($argument:ident: $type:ty),*) $body:block)+) => {
        #[doc = ::core::concat!("The C library `", ::core::stringify!($name), "`.")]
        pub mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[doc = ::core::concat!("The text of `", ::core::stringify!($name), ".h`.")]
            pub const HEADER: $crate::Header =
                $crate::Header::new::<$net>(::core::stringify!($name), $crate::Kind::$kind);

            #[allow(dead_code)]
            type Context = $crate::Context<$net>;
            type Number = $crate::ScalarOf<$net>;
            type Input = $crate::InputNumberOf<$net>;

            $(
                #[unsafe(export_name = ::core::concat!(::core::stringify!($name), "_", ::core::stringify!($function)))]
                unsafe extern "C" fn $function($($argument: $type),*) -> ::core::ffi::c_int {
                    // SAFETY: the caller's, by the header.
                    #[allow(unused_unsafe)]
                    $crate::status(unsafe { $body })
                }
            )+
        }
    };
}

/// The panic handler of a program in C on a device, where there is no other: it stops the program in a loop.
///
/// nanoprop's own code has no path to a panic in an optimised build, so the linker drops it (`--gc-sections`). On a host the
/// macro is empty, since a library for a host has `std`'s handler.
///
/// # Example
///
/// ```
/// #![cfg_attr(target_os = "none", no_std)]
///
/// nanoprop_c::panic_handler!();
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! panic_handler {
    () => {
        #[cfg(target_os = "none")]
        #[panic_handler]
        fn panic(_: &::core::panic::PanicInfo) -> ! {
            loop {}
        }
    };
}

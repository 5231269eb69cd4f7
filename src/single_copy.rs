//! One copy of a global in a program, or no program.
//!
//! Two things must come together, and no attribute of a `static` gives both:
//!
//! - **A name that two object files may not share**, whoever links them. A `static` with an
//!   `export_name` is one for the linkers, but not for thin LTO, which keeps the first of two
//!   definitions and drops the other without a word before a linker sees them. What the assembler
//!   defines, LTO leaves alone.
//! - **A reason to look.** Linkers take out of a library only the object files that somebody needs,
//!   so a name alone is found twice only if both files were needed for something else. What is
//!   `#[used]` rustc asks for by its mangled name, which differs between two versions of a crate.
//!
//! Both stand in one module, since rustc never spreads a module over two object files.

/// Makes a second copy of the same global in one program fail to link, instead of silently existing
/// twice.
///
/// A `static` exists once per *crate*, and a program may hold the same crate twice: one dependency
/// asks for version 1 of it, another for version 2. Each then has its own counter, its own registry
/// and its own lock, and nothing says so. Where that would be wrong, put this beside the `static`,
/// with a name that stays the same from version to version:
///
/// ```
/// use std::sync::Mutex;
///
/// static HARDWARE: Mutex<()> = Mutex::new(());
/// onset::single_copy!("my-driver::HARDWARE");
/// ```
///
/// A program with both versions does not link, in debug and release builds, with thin and with fat
/// LTO. This is `rust-lld`; others say "multiple definition of", and fat LTO, which comes before
/// the linker, "symbol … is already defined":
///
/// ```text
/// error: linking with `cc` failed: exit status: 1
///   = note: rust-lld: error: duplicate symbol: onset::single_copy!(my-driver::HARDWARE) is in this program twice: see cargo tree --duplicates
/// ```
///
/// The name is a literal of ASCII letters, digits and `_ - . :`. Begin it with the name of the
/// crate: it is one name for the whole program, and the same name twice in one crate is refused
/// too. The macro stands wherever an item may, in a module or in a function, any number of times.
/// It needs neither `std` nor `alloc`, and crates that `forbid(unsafe_code)` may use it.
///
/// ```compile_fail,E0080
/// onset::single_copy!("my driver's lock");
/// ```
///
/// # What it costs
///
/// Nothing at run time; a byte of the program, and one more object file in some builds.
///
/// # What it cannot see
///
/// - **Libraries that are loaded, not linked** (`dylib`, `cdylib`, plug-ins): each is linked by
///   itself, and may bring a copy of its own.
/// - **Static libraries for another language**: the linker of that program takes out of a
///   `staticlib` what is needed, and so sees a copy only if something of its file is used.
/// - **Crates that are not linked**: what `Cargo.toml` names and no source mentions. Mentioned is
///   enough (`use that_crate as _;`), nothing of it need be used.
/// - **`cargo check`**, which links nothing.
/// - **Targets for which stable Rust had no assembler in 1.85** (WebAssembly, MIPS, PowerPC and
///   others), and Miri: there the macro checks the name, and nothing else.
///
/// Programs were linked on Linux only, with `rust-lld` and GNU `ld`. For macOS and Windows object
/// files with one name were given to LLVM's linkers, which refuse the second; Apple's and
/// Microsoft's own document the same.
///
/// A crate's unit tests are a program too: if they reach, through a dev-dependency, a crate that
/// depends on the tested one, both the tested and the plain build of it are linked, which are two
/// copies. `#[cfg(not(test))]` above the macro exempts them.
///
/// # Where the idea comes from
///
/// Zope's External Methods: a "module-level" lock that silently exists more than once protects
/// nothing. Cargo has the neighbouring mechanism: two packages with the same `links` key cannot be
/// in one program. That one is meant for native libraries, needs a build script and holds for the
/// whole package; this is for one global.
#[macro_export]
macro_rules! single_copy {
    ($name:literal $(,)?) => {
        const _: () = {
            $crate::single_copy::check($name);

            #[cfg(all(
                any(
                    target_arch = "x86",
                    target_arch = "x86_64",
                    target_arch = "arm",
                    target_arch = "aarch64",
                    target_arch = "arm64ec",
                    target_arch = "riscv32",
                    target_arch = "riscv64",
                    target_arch = "loongarch64",
                    target_arch = "s390x",
                ),
                not(miri)
            ))]
            mod single_copy {
                // Crates that were built with different versions of this one meet here: the text
                // stays as it is.
                ::core::arch::global_asm!(
                    ".data",
                    ::core::concat!(
                        ".globl \"onset::single_copy!(",
                        $name,
                        ") is in this program twice: see cargo tree --duplicates\""
                    ),
                    ::core::concat!(
                        "\"onset::single_copy!(",
                        $name,
                        ") is in this program twice: see cargo tree --duplicates\":"
                    ),
                    ".byte 0",
                    ".text",
                );

                #[used]
                static LINK_THIS_FILE: u8 = 0;
            }
        };
    };
}

/// Refuses what an assembler might read as something other than a part of a name.
pub const fn check(name: &str) {
    assert!(
        !name.is_empty(),
        "`single_copy!` needs a name, such as \"my-crate::GLOBAL\""
    );
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        assert!(
            first.is_ascii_alphanumeric() || matches!(first, b'_' | b'-' | b'.' | b':'),
            "the name of a `single_copy!` may hold ASCII letters, digits and `_ - . :` only"
        );
        rest = tail;
    }
}

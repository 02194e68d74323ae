//! The chapters in `src` are those of `guide/`, rendered for rustdoc: LaTeX as MathML, figures within the text, links into
//! the API. The equations in the library's documentation are MathML of the LaTeX in the comment before them.
//!
//! After a change in `guide/` or of such a comment: `UPDATE=1 cargo test -p nanoprop-guide --test render`.

#[path = "render/chapter.rs"]
mod chapter;
#[path = "render/comments.rs"]
mod comments;
#[path = "render/math.rs"]
mod math;

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder and below it that end so, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Compares a file with what it should be, or writes it.
fn keep(path: &Path, text: &str) {
    let found = fs::read_to_string(path).unwrap_or_default();
    if found == text {
        return;
    }
    if env::var_os("UPDATE").is_some() {
        fs::write(path, text).expect("a file that can be written");
        return;
    }
    let line = found.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1;
    panic!("{}:{line}: not as rendered; run UPDATE=1 cargo test -p nanoprop-guide --test render", path.display());
}

#[test]
fn chapters_are_rendered() {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let chapters = files(&root().join("guide"), ".md");
    assert!(chapters.len() >= 9, "{chapters:?}");
    for path in &chapters {
        let text = chapter::render(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        keep(&out.join(format!("{}.md", chapter::module(path))), &text);
    }
    assert_eq!(files(&out, ".md").len(), chapters.len(), "a rendered chapter whose source has gone");
}

#[test]
fn equations_in_doc_comments_are_rendered() {
    let mut equations = 0;
    for path in files(&root().join("src"), ".rs") {
        let text = fs::read_to_string(&path).expect("a source file");
        let (rendered, count) = comments::render(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        equations += count;
        keep(&path, &rendered);
    }
    assert!(equations >= 1, "no equation found in src");
}

/// Links from one file of the repository to another.
#[test]
fn links_lead_to_files() {
    let mut links = 0;
    let folders = ["guide", "crates", "firmware", "benches", "data", "examples"];
    let pages = folders.iter().flat_map(|folder| files(&root().join(folder), ".md"));
    let top = fs::read_dir(root()).expect("the repository").map(|entry| entry.expect("an entry").path());
    for page in pages.chain(top.filter(|path| path.extension().is_some_and(|e| e == "md"))) {
        let inner = page.to_string_lossy().replace('\\', "/");
        if inner.contains("/target/") || inner.contains("nanoprop-guide/src/") {
            continue;
        }
        let text = fs::read_to_string(&page).expect("a page");
        for link in chapter::links(&text) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            if link.contains("://") || link.contains("::") || link.starts_with("mailto:") {
                continue;
            }
            let target = if file.is_empty() { page.clone() } else { page.parent().expect("a folder").join(file) };
            assert!(target.exists(), "{}: no file {link}", page.display());
            if !fragment.is_empty() && target.extension().is_some_and(|e| e == "md") {
                let text = fs::read_to_string(&target).expect("a page");
                assert!(
                    chapter::anchors(&text).contains(&fragment.to_string()),
                    "{}: no heading {link}",
                    page.display()
                );
            }
            links += 1;
        }
    }
    assert!(links > 30, "{links} links found");
}

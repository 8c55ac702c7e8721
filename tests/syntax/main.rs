//! Text to tree, tree to text, and includes.

mod dumps;
mod includes;

//! Text to tree, tree to text, and includes.

mod includes;
